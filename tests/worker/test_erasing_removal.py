"""An erasure rewrites the files, looks for what is left, and tells counts of it."""

from pathlib import Path

import pytest

from nrem.errors import Deferred
from nrem.policy.erase import Kind, State
from nrem.probe import FOLDER
from nrem.store import residue, rewrite
from nrem.store.rewrite import TABLES
from tests.worker.erasing import ask, confirm, erased, read, run
from tests.world import NOW, Org, end, memory, turn
from worker.erasing_removal import FILES

CANARY = "quetzalcanary"


@pytest.fixture
def told(org: Org) -> Org:
    """Two people who talked; one said a word that nobody else says."""
    for user, word in (("ana", CANARY), ("ben", "ordinary")):
        org.append(
            turn(f"My {word} boat lies in the old harbour", user=user, session=f"of {user}"),
            end(f"of {user}", user=user),
            memory(f"The {word} key is under the mat", user=user),
        )
    org.world.settle()
    return org


def _bytes(org: Org) -> int:
    """How often the word stands in the files of this database and in the log."""
    ((folder, number),) = org.world.ask(
        "SELECT current_setting('data_directory'), d.oid FROM pg_database AS d "
        "WHERE d.datname = current_database()"
    )
    org.world.do("CHECKPOINT")
    places = (Path(folder) / "base" / str(number), Path(folder) / "pg_wal")
    files = [path for place in places for path in place.rglob("*") if path.is_file()]
    return sum(path.read_bytes().count(CANARY.encode()) for path in files)


def test_erased_words_lie_in_no_file_and_the_scan_says_so(told: Org, tmp_path: Path) -> None:
    before = _bytes(told)

    its = erased(told, Kind.USER, "ana", data_dir=tmp_path)

    assert before > 0
    assert _bytes(told) == 0
    assert its.state is State.CERTIFIED, its
    assert its.scan["clean"]
    assert its.scan["looked_at"]["texts"] > 0
    assert its.instants.keys() >= {"deleted", "rewritten", "scanned", FILES}
    assert not list((tmp_path / FOLDER).iterdir())
    assert told.ask("SELECT * FROM rewrite_marks") == []


def test_what_is_left_is_counted_and_keeps_the_erasure_open(
    told: Org, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = ask(told, Kind.USER, "ana")
    run(told, data_dir=tmp_path)
    confirm(told, number)
    done = rewrite.rewrite

    def leaves_some(*given: object) -> object:
        told.do(
            "UPDATE memories SET metadata = %(left)s",
            left=f'{{"note": "My {CANARY} boat lies in the old harbour"}}',
        )
        return done(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(rewrite, "rewrite", leaves_some)
    run(told, data_dir=tmp_path)
    its = read(told, number)

    assert its.state is State.FAILED
    assert its.scan["hits"] == {"memories": {"exact": 2}}
    assert its.error == "residue: 2 hits, see scan"
    assert CANARY not in str(its)
    assert list((tmp_path / FOLDER).iterdir())


def _go_on(org: Org, number: int, tmp_path: Path) -> None:
    """Run one erasure, whatever others wait for."""
    org.world.do(
        "UPDATE leases AS l SET due_at = CASE s.ref_id WHEN %(id)s THEN %(now)s "
        "ELSE %(now)s + interval '1 hour' END "
        "FROM streams AS s WHERE s.id = l.stream_id AND l.pass = 'erase'",
        id=number,
        now=NOW,
    )
    org.world.wake("erase")
    run(org, data_dir=tmp_path)


def test_two_erasures_share_a_rewrite(
    told: Org, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [ask(told, Kind.USER, name) for name in ("ana", "ben")]
    run(told, data_dir=tmp_path)
    done, counts = rewrite.rewrite, []

    def waits(*_given: object) -> object:
        raise Deferred("in_use", retry_after_seconds=60.0)

    monkeypatch.setattr(rewrite, "rewrite", waits)
    for number in numbers:
        confirm(told, number)
        _go_on(told, number, tmp_path)

    def counted(*given: object) -> object:
        counts.append(done(*given).tables)  # type: ignore[arg-type]
        return rewrite.Rewritten(tables=counts[-1], at=done(*given).at)  # type: ignore[arg-type]

    assert [read(told, number).state for number in numbers] == [State.DERIVED] * 2
    assert [read(told, number).error for number in numbers] == ["waits: in_use"] * 2
    monkeypatch.setattr(rewrite, "rewrite", counted)
    for number in numbers:
        _go_on(told, number, tmp_path)

    assert sorted(counts) == [0, len(TABLES)]
    assert [read(told, number).state for number in numbers] == [State.CERTIFIED] * 2
    assert [read(told, number).error for number in numbers] == [None] * 2


def test_scan_without_what_to_look_for_says_nothing_is_clean(
    told: Org, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = ask(told, Kind.USER, "ana")
    run(told, data_dir=tmp_path)
    confirm(told, number)
    gathered = residue.gather

    def loses(*given: object) -> object:
        probe = gathered(*given)  # type: ignore[arg-type]
        monkeypatch.setattr("nrem.probe.Probes.read", lambda *_: None)
        return probe

    monkeypatch.setattr(residue, "gather", loses)
    run(told, data_dir=tmp_path)

    assert read(told, number).state is State.REWRITTEN
    assert not read(told, number).scan
