"""A database that was restored from before an erasure is told from every other one."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from nrem.erasure_ledger import FILE, Ledger, LedgerError, Line, Subject
from nrem.policy.erase import Kind, State
from nrem.receipt import Facts, Place, Receipt, Terms, issue
from nrem.receipt_key import Signer
from nrem.store import engine, erase, erasure_line
from nrem.store.erase import Erasure, Target
from nrem.store.erasure_line import RestoredError
from tests.world import DIGEST, NOW, Org, memory


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "data" / FILE, DIGEST)


def asked(org: Org, state: State = State.FENCED, target_id: int = 7) -> Erasure:
    """An erasure that has come so far."""
    target = Target(kind=Kind.USER, target_id=target_id, target_hash=b"%d" % target_id)
    with org.begin() as conn:
        number = erase.add(conn, org.number, target, requested_by=None, now=NOW)
        its = erase.read(conn, org.number, number)
        assert its is not None
        erase.write(conn, its, state, now=NOW)
    return its


def subject(its: Erasure, **changes: object) -> Subject:
    given = {
        "org_id": its.org_id,
        "erasure_id": its.erasure_id,
        "kind": "user",
        "target_hash": its.target.target_hash,
        "requested_at": its.requested_at,
        "fenced_at": NOW,
    }
    return Subject(**{**given, **changes})  # type: ignore[arg-type]


def begin(ledger: Ledger, its: Subject) -> Line:
    return ledger.begin(its, model_requests=0, model_requested_at=None)


def certify(ledger: Ledger, its: Subject) -> Line:
    def issuing(place: Place, _begun: Line) -> tuple[datetime, Receipt]:
        facts = Facts(
            org="org_1",
            erasure="era_1",
            kind="user",
            target_hash=its.target_hash,
            manifest={},
            deleted={},
            measured={},
            times={},
            scan={},
            schema="0007",
            policy=0,
        )
        signer = Signer(ledger.path.parent / "key")
        return NOW, issue(facts, signer=signer, place=place, at=NOW, terms=Terms())

    return ledger.certify(its, issuing)


def know(org: Org, *lines: Line) -> None:
    with org.begin() as conn:
        erasure_line.know(conn, lines)


def missing(org: Org, ledger: Ledger) -> list[int]:
    with engine.begin(org.world.worker) as conn:
        return [one.place for one in erasure_line.missing(conn, ledger)]


def test_database_without_erasures_needs_no_ledger(org: Org, ledger: Ledger) -> None:
    with engine.begin(org.world.api) as conn:
        erasure_line.check(conn, ledger)


@pytest.mark.parametrize("role", ["api", "worker"])
def test_database_that_does_not_know_of_an_erasure_is_refused(
    org: Org, ledger: Ledger, role: str
) -> None:
    its = asked(org)
    gone = subject(its, erasure_id=its.erasure_id + 1)
    begin(ledger, gone)
    certify(ledger, gone)

    with (
        engine.begin(getattr(org.world, role)) as conn,
        pytest.raises(RestoredError, match=r"1 erasures .* `nrem purge --replay`"),
    ):
        erasure_line.check(conn, ledger)


def test_database_that_lived_through_all_lines_is_let_through(org: Org, ledger: Ledger) -> None:
    its = subject(asked(org))
    know(org, begin(ledger, its), certify(ledger, its))

    assert missing(org, ledger) == []


@pytest.mark.parametrize(
    ("state", "lacks"),
    [
        (State.REQUESTED, [1]),
        (State.PREVIEWED, [1]),
        (State.CONFIRMED, [1]),
        (State.FENCED, []),
        (State.CANCELLED, []),
        (State.KEYS_DESTROYED, [1]),
    ],
)
def test_line_whose_row_a_crash_prevented_is_written_by_the_step_again(
    org: Org, ledger: Ledger, state: State, lacks: list[int]
) -> None:
    begin(ledger, subject(asked(org, state)))

    assert missing(org, ledger) == lacks


@pytest.mark.parametrize(
    ("state", "lacks"),
    [(State.FENCED, [2]), (State.REWRITTEN, [2]), (State.SCANNED, []), (State.CANCELLED, [2])],
)
def test_receipt_counts_only_where_the_scan_is_over(
    org: Org, ledger: Ledger, state: State, lacks: list[int]
) -> None:
    its = subject(asked(org, state))
    know(org, begin(ledger, its))
    certify(ledger, its)

    assert missing(org, ledger) == lacks


def test_erasure_that_failed_stands_where_it_had_come_to(org: Org, ledger: Ledger) -> None:
    its = asked(org)
    begin(ledger, subject(its))
    with org.begin() as conn:
        found = erase.read(conn, org.number, its.erasure_id)
        assert found is not None
        erase.write(conn, found, State.FAILED, now=NOW, error="failed")

    assert missing(org, ledger) == []


def test_number_that_was_given_out_again_is_no_proof(org: Org, ledger: Ledger) -> None:
    its = asked(org)
    begin(ledger, subject(its, requested_at=NOW - timedelta(days=1)))

    assert missing(org, ledger) == [1]


@pytest.mark.parametrize("left", [0, 1])
def test_ledger_that_was_lost_or_cut_is_refused(org: Org, ledger: Ledger, left: int) -> None:
    its = subject(asked(org))
    know(org, begin(ledger, its), certify(ledger, its))
    lines = ledger.path.read_bytes().splitlines(keepends=True)
    ledger.path.write_bytes(b"".join(lines[:left]))
    if not left:
        ledger.path.unlink()

    with pytest.raises(LedgerError, match="lost or cut"):
        missing(org, ledger)


def test_line_in_the_place_of_one_that_was_cut_off_is_refused(org: Org, ledger: Ledger) -> None:
    line = begin(ledger, subject(asked(org)))
    know(org, line)
    know(org, line)
    ledger.path.unlink()

    other = begin(ledger, subject(asked(org, target_id=8)))

    with pytest.raises(LedgerError, match="was cut"):
        know(org, other)


def test_ledger_of_another_installation_is_refused(
    org: Org, ledger: Ledger, tmp_path: Path
) -> None:
    know(org, begin(ledger, subject(asked(org))))
    foreign = Ledger(tmp_path / "other" / FILE, DIGEST)
    begin(foreign, subject(asked(org, target_id=8)))

    with pytest.raises(LedgerError, match="line 1"):
        missing(org, foreign)


def test_requests_to_providers_are_counted_for_the_person(org: Org) -> None:
    org.append(*(memory("fact", user=user) for user in ("ana", "bo")))
    org.world.settle()
    subjects = org.column("SELECT id FROM subjects WHERE org_id = %(org)s ORDER BY id")
    for number, request in ((subjects[0], "r1"), (subjects[0], None), (subjects[1], "r2")):
        org.world.do(
            """INSERT INTO llm_calls (org_id, pass, run_id, subject_id, model, prompt_hash,
            request_hash, reserved_micros, reserved_tokens, lapses_at, started_at, request_id)
            VALUES (%(org)s, 'appraise', 1, %(subject)s, 'model', 'x', 'y', 1, 1, %(at)s, %(at)s,
            %(request)s)""",
            org=org.number,
            subject=number,
            request=request,
            at=NOW,
        )
    (user_id, agent_id, memory_id) = (
        org.column(f"SELECT min(id) FROM {table} WHERE org_id = %(org)s")[0]  # noqa: S608
        for table in ("users", "agents", "memories")
    )

    found = {
        kind: _counted(org, kind, number)
        for kind, number in (
            (Kind.USER, user_id),
            (Kind.AGENT, agent_id),
            (Kind.MEMORY, memory_id),
            (Kind.ORG, 0),
        )
    }

    assert found == {Kind.USER: 1, Kind.AGENT: 2, Kind.MEMORY: 1, Kind.ORG: 2}


def _counted(org: Org, kind: Kind, number: int) -> int:
    with org.begin() as conn:
        target = Target(kind=kind, target_id=number, target_hash=b"")
        return erasure_line.asked(conn, org.number, target).requests
