"""The erasure ledger: durable, in order, and loud about whatever was done to it."""

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nrem import receipt
from nrem.digest import Digest
from nrem.erasure_ledger import FILE, Event, Ledger, LedgerError, Line, Subject
from nrem.receipt import FIRST, Facts, Place, Receipt, Terms
from nrem.receipt_key import Signer

AT = datetime(2026, 3, 2, 9, 30, 0, 123456, UTC)
ONE = Subject(
    org_id=1,
    erasure_id=7,
    kind="user",
    target_hash=b"\x00\xff" * 8,
    requested_at=AT - timedelta(days=1),
    fenced_at=AT - timedelta(hours=1),
)
OTHER = replace(ONE, erasure_id=8, target_hash=b"other")
DIGEST = Digest(b"the pepper of this file")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "data" / FILE, DIGEST)


def begin(ledger: Ledger, subject: Subject = ONE) -> Line:
    return ledger.begin(subject, model_requests=2, model_requested_at=AT)


def certify(ledger: Ledger, subject: Subject = ONE, at: datetime = AT) -> Line:
    def issuing(place: Place, begun: Line) -> tuple[datetime, Receipt]:
        facts = Facts(
            org="org_1",
            erasure=f"era_{subject.erasure_id}",
            kind=subject.kind,
            target_hash=subject.target_hash,
            manifest={},
            deleted={},
            measured={},
            times={},
            scan={},
            schema="0007",
            policy=1,
            model_requests=begun.model_requests,
        )
        signer = Signer(ledger.path.parent / "key")
        return at, receipt.issue(facts, signer=signer, place=place, at=at, terms=Terms())

    return ledger.certify(subject, issuing)


def test_ledger_is_empty_at_first(ledger: Ledger) -> None:
    assert ledger.read() == []


def test_lines_are_read_as_they_were_written(ledger: Ledger) -> None:
    written = [begin(ledger), begin(ledger, OTHER), certify(ledger)]

    assert ledger.read() == written
    assert [one.place for one in written] == [1, 2, 3]
    assert [one.event for one in written] == [Event.BEGUN, Event.BEGUN, Event.CERTIFIED]


def test_file_is_for_its_owner_only_and_ends_with_a_line(ledger: Ledger) -> None:
    begin(ledger)

    assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600
    assert ledger.path.read_bytes().endswith(b"}\n")


def test_step_that_is_repeated_writes_no_second_line(ledger: Ledger) -> None:
    first = begin(ledger), certify(ledger)

    again = begin(ledger), certify(ledger, at=AT + timedelta(days=1))

    assert again == first
    assert len(ledger.read()) == 2


def test_number_that_is_given_out_again_after_a_restore_is_another_erasure(ledger: Ledger) -> None:
    begin(ledger)

    later = begin(ledger, replace(ONE, requested_at=AT))

    assert later.place == 2


def test_receipts_of_an_org_name_the_one_before(ledger: Ledger) -> None:
    foreign = replace(ONE, org_id=2)
    for subject in (ONE, foreign, OTHER):
        begin(ledger, subject)

    one, alien, other = (certify(ledger, subject) for subject in (ONE, foreign, OTHER))

    assert one.receipt is not None
    assert alien.receipt is not None
    assert other.receipt is not None
    assert (one.receipt["number"], one.receipt["previous"]) == (1, FIRST)
    assert (alien.receipt["number"], alien.receipt["previous"]) == (1, FIRST)
    assert (other.receipt["number"], other.receipt["previous"]) == (2, one.receipt_hash)


def test_receipt_knows_what_was_counted_when_it_began(ledger: Ledger) -> None:
    begin(ledger)

    its = certify(ledger).receipt

    assert its is not None
    (models,) = (one for one in its["not_covered"] if one["what"] == "llm_provider")
    assert models["requests"] == 2


def test_erasure_that_never_began_is_not_certified(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="began"):
        certify(ledger)

    assert ledger.read() == []


def test_line_that_a_crash_cut_off_is_left_out_and_written_over(ledger: Ledger) -> None:
    first, second = begin(ledger), begin(ledger, OTHER)
    whole = ledger.path.read_bytes()
    length = len(whole.splitlines(keepends=True)[1])
    for cut in (1, 2, length - 1, length):
        ledger.path.write_bytes(whole[:-cut])

        assert ledger.read() == [first]
        assert begin(ledger, OTHER) == second
        assert ledger.path.read_bytes() == whole


def test_every_changed_byte_is_found(ledger: Ledger) -> None:
    begin(ledger)
    certify(ledger)
    raw = ledger.path.read_bytes()

    undetected = []
    for place in range(0, len(raw) - 1, 3):
        for flip in (1, 0x20):
            changed = raw[:place] + bytes([raw[place] ^ flip]) + raw[place + 1 :]
            ledger.path.write_bytes(changed)
            try:
                ledger.read()
                undetected.append(place)
            except LedgerError:
                pass

    assert undetected == []


def test_lines_that_were_dropped_or_swapped_are_found(ledger: Ledger) -> None:
    for subject in (ONE, OTHER, replace(ONE, org_id=3)):
        begin(ledger, subject)
    one, two, three = ledger.path.read_bytes().splitlines(keepends=True)
    for left in (two + three, one + three, two + one + three, one + one + two):
        ledger.path.write_bytes(left)

        with pytest.raises(LedgerError, match=r"line [12]"):
            ledger.read()


def test_ledger_of_another_pepper_is_refused(ledger: Ledger) -> None:
    begin(ledger)

    with pytest.raises(LedgerError, match="pepper"):
        Ledger(ledger.path, Digest(b"another pepper")).read()


def test_many_at_once_make_one_chain(ledger: Ledger) -> None:
    subjects = [replace(ONE, erasure_id=number) for number in range(1, 41)]
    with ThreadPoolExecutor(max_workers=8) as pool:
        lines = list(pool.map(lambda subject: begin(ledger, subject), subjects * 2))

    assert sorted(one.place for one in lines) == sorted([*range(1, 41), *range(1, 41)])
    assert len(ledger.read()) == 40
