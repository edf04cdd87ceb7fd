"""A late holder of a stream changes nothing."""

from datetime import timedelta

import pytest
from sqlalchemy import TextClause

from nrem.store import lease
from nrem.store.statement import statement
from tests.worker.leasing import BARE, give_work, kind, lease_of, runs
from tests.worker.trouble import Killed, frozen, killed, poisoned
from tests.world import Org
from worker.runner import Outcome

SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)


def _freeze_and_take_over(org: Org) -> Outcome | None:
    """A holder freezes past its lease; another takes the stream over; then the first wakes up."""
    give_work(org)

    def meanwhile() -> None:
        org.world.lapse()
        org.world.step(BARE)

    return org.world.step(frozen(BARE, meanwhile))


def test_late_holder_whose_stream_another_has_done_writes_nothing(org: Org) -> None:
    late = _freeze_and_take_over(org)

    assert kind(late) == "fenced"
    assert runs(org) == ["applied"]


def test_without_fence_and_cursor_the_late_holder_would_double(
    org: Org, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded = str(statement("lease_finish"))
    bare = "\n".join(
        line
        for line in guarded.splitlines()
        if "AND l.fence =" not in line
        if "AND l.cursor_seq =" not in line
    )
    monkeypatch.setattr(
        lease,
        "statement",
        lambda name: TextClause(bare) if name == "lease_finish" else statement(name),
    )

    late = _freeze_and_take_over(org)

    assert len(guarded.splitlines()) - len(bare.splitlines()) == 2
    assert kind(late) == "applied"
    assert runs(org) == ["applied", "applied"]


def test_late_holder_whose_stream_another_holds_writes_nothing(org: Org) -> None:
    give_work(org)

    def meanwhile() -> None:
        org.world.lapse()
        with pytest.raises(Killed):
            org.world.step(killed(BARE))

    late = org.world.step(frozen(BARE, meanwhile))

    assert kind(late) == "fenced"
    assert not runs(org)
    assert lease_of(org, "fence, cursor_seq, owner IS NULL") == [(2, 0, False)]


def test_late_failure_takes_nothing_from_the_new_holder(org: Org) -> None:
    give_work(org)

    def meanwhile() -> None:
        org.world.lapse()
        with pytest.raises(Killed):
            org.world.step(killed(BARE))

    late = org.world.step(frozen(poisoned(BARE, lambda _: True), meanwhile))

    assert kind(late) == "fenced"
    assert lease_of(org, "fence, owner IS NULL") == [(2, False)]
