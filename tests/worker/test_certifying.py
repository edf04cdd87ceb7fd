"""The steps of an erasure that write the ledger: each line once, whatever is killed between."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from nrem import receipt
from nrem.erasure_ledger import FILE, Event, Ledger, LedgerError, Notary
from nrem.errors import ConfigError
from nrem.policy.erase import Kind, State
from nrem.policy.params import Policy
from nrem.receipt import FIRST, NotErasedError, Terms
from nrem.receipt_key import KEY_FILE, Signer
from nrem.store import engine, erase, erasure_line, policy
from nrem.store.erase import Erasure, Facts, Target
from tests.world import DIGEST, NOW, TOOLS, Org
from worker.certifying import BEGIN, CERTIFY
from worker.contract import Stage, Work
from worker.erasing import Step

COUNTS = {"events": 2, "users": 1}
HOUR = timedelta(hours=1)


@pytest.fixture
def notary(tmp_path: Path) -> Notary:
    data = tmp_path / "data"
    return Notary(
        ledger=Ledger(data / FILE, DIGEST), signer=Signer(data / KEY_FILE), terms=Terms(backups=7)
    )


def fenced(org: Org, target_id: int = 7) -> Erasure:
    """An erasure of which nothing is destroyed yet."""
    target = Target(kind=Kind.USER, target_id=target_id, target_hash=b"%d" % target_id)
    with org.begin() as conn:
        number = erase.add(conn, org.number, target, requested_by=None, now=NOW)
    its = read(org, number)
    return put(org, its, State.FENCED, Facts(manifest=COUNTS))


def put(org: Org, its: Erasure, state: State, facts: Facts) -> Erasure:
    with org.begin() as conn:
        erase.write(conn, its, state, now=NOW, facts=facts)
    return read(org, its.erasure_id)


def read(org: Org, number: int) -> Erasure:
    with org.begin() as conn:
        its = erase.read(conn, org.number, number)
    assert its is not None
    return its


def scanned(org: Org, its: Erasure, left: int = 0) -> Erasure:
    """All that comes before the receipt."""
    facts = Facts(deleted_counts=COUNTS, measured={"events": left, "users": 0}, scan={"exact": 0})
    return put(org, its, State.SCANNED, facts)


def work(org: Org, step: Step, its: Erasure, notary: Notary, now: datetime) -> tuple[Work, Any]:
    """A step up to where it would write."""
    with org.begin(now=now) as conn:
        job = Work(
            org_id=org.number,
            run_id=1,
            now=now,
            policy=Policy.default(),
            timeline=policy.timeline(conn, org.number),
            tools=replace(TOOLS, notary=notary),
            stage=cast("Stage", None),
        )
        found = step.read(conn, job, its)
    return job, step.work(job, its, found)


def take(org: Org, step: Step, its: Erasure, notary: Notary, now: datetime = NOW) -> Erasure:
    job, made = work(org, step, its, notary, now)
    with org.begin(now=now) as conn:
        done = step.write(conn, job, its, made)
        erase.write(conn, its, step.becomes, now=now, step=step.name, facts=done.facts)
    return read(org, its.erasure_id)


def certified(org: Org, notary: Notary, target_id: int = 7) -> Erasure:
    its = take(org, BEGIN, fenced(org, target_id), notary)
    return take(org, CERTIFY, scanned(org, its), notary)


def check(org: Org, notary: Notary) -> None:
    with engine.begin(org.world.api) as conn:
        erasure_line.check(conn, notary.ledger)


def test_erasure_ends_with_a_receipt_that_is_valid_offline(org: Org, notary: Notary) -> None:
    its = certified(org, notary)

    assert its.state is State.CERTIFIED
    assert its.receipt is not None
    verdict = receipt.verify(receipt.spell(dict(its.receipt)), public=notary.signer.public())
    assert verdict.is_valid
    assert its.receipt_hash == bytes.fromhex(receipt.hash_of(dict(its.receipt)))
    assert its.receipt["counts"] == {
        "manifest": COUNTS,
        "deleted": COUNTS,
        "measured": {"events": 0, "users": 0},
    }
    assert {"requested", "fenced", "scanned", "certified"} <= set(its.receipt["times"])
    check(org, notary)


def test_ledger_knows_before_anything_is_destroyed(org: Org, notary: Notary) -> None:
    its = fenced(org)

    work(org, BEGIN, its, notary, NOW)

    (line,) = notary.ledger.read()
    assert (line.event, line.subject.erasure_id) == (Event.BEGUN, its.erasure_id)
    assert read(org, its.erasure_id).step is None
    check(org, notary)


def test_step_that_was_killed_before_it_was_committed_issues_the_same_receipt(
    org: Org, notary: Notary
) -> None:
    its = take(org, BEGIN, fenced(org), notary)
    its = scanned(org, its)
    _, line = work(org, CERTIFY, its, notary, NOW)
    check(org, notary)

    again = take(org, CERTIFY, its, notary, NOW + HOUR)

    assert again.receipt == line.receipt
    assert len(notary.ledger.read()) == 2
    check(org, notary)


def test_receipts_of_an_org_are_a_chain_also_after_a_kill_between(org: Org, notary: Notary) -> None:
    first = scanned(org, take(org, BEGIN, fenced(org, 7), notary))
    _, line = work(org, CERTIFY, first, notary, NOW)

    second = certified(org, notary, 8)
    first = take(org, CERTIFY, first, notary, NOW + HOUR)

    assert first.receipt is not None
    assert second.receipt is not None
    assert first.receipt == line.receipt
    assert first.receipt["previous"] == FIRST
    assert second.receipt["previous"] == receipt.hash_of(dict(first.receipt))


def test_no_receipt_is_issued_while_something_is_left(org: Org, notary: Notary) -> None:
    its = scanned(org, take(org, BEGIN, fenced(org), notary), left=1)

    with pytest.raises(NotErasedError, match="events"):
        work(org, CERTIFY, its, notary, NOW)

    assert [one.event for one in notary.ledger.read()] == [Event.BEGUN]


def test_erasure_that_the_ledger_does_not_know_is_not_certified(org: Org, notary: Notary) -> None:
    with pytest.raises(LedgerError):
        work(org, CERTIFY, scanned(org, fenced(org)), notary, NOW)


def test_nothing_begins_where_there_is_no_ledger(org: Org) -> None:
    with pytest.raises(ConfigError):
        work(org, BEGIN, fenced(org), cast("Notary", None), NOW)
