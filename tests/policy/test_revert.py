"""What undoing a run makes of a memory: field by field, and what was changed since is kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from nrem.policy.model import MemoryFacts, MemoryType, Reason, State, Tier
from nrem.policy.revert import Found, Other, Undo, undo
from nrem.policy.run_change import RunChange, What

BORN = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
RAN = BORN + DAY
NOW = BORN + 2 * DAY
RUN = 10
FACTS = MemoryFacts(
    memory_type=MemoryType.EPISODIC,
    tier=Tier.SHORT,
    importance=0.8,
    last_access=RAN,
    state_since=BORN,
    facts_since=RAN,
)


def found(facts: MemoryFacts = FACTS, **known: Any) -> Found:  # noqa: ANN401
    given = {"true_until": None, "recorded_at": BORN, "is_edited": False, "evidence": (1,)}
    return Found(memory_id=7, version=1, facts=facts, **{**given, **known})


def changed(what: What, before: dict[str, Any], after: dict[str, Any]) -> RunChange:
    return RunChange(
        memory_id=7, what=what, version_before=1, version_after=2, before=before, after=after
    )


def merged(
    low: float = 0.5, high: float = 0.8, since: datetime = BORN, at: datetime = RAN
) -> RunChange:
    """A repeat at `at` of what was last used at `since`."""
    was, becomes = since.isoformat(), at.isoformat()
    return changed(
        What.MERGED,
        {"importance": low, "last_access": was, "facts_since": was},
        {"importance": high, "last_access": becomes, "facts_since": becomes},
    )


CREATED = RunChange(memory_id=7, what=What.CREATED, version_before=None, version_after=1)
NEW = replace(FACTS, state_since=RAN)
CLOSED = changed(
    What.CLOSED,
    {"state": "live", "state_since": BORN.isoformat(), "state_reason": None},
    {"state": "archived", "state_since": RAN.isoformat(), "state_reason": "consolidated"},
)
AWAY = replace(
    FACTS,
    state=State.ARCHIVED,
    state_since=RAN,
    reason=Reason.CONSOLIDATED,
    facts_since=BORN,
    last_access=BORN,
)


def undone(its: Found, *changes: RunChange) -> Undo:
    return undo(RUN, changes, its, since=RAN, at=NOW)


def kept(its: Undo) -> set[tuple[str | None, str, int | None]]:
    return {(one.field, one.reason, one.run_id) for one in its.kept}


def did(its: Undo) -> set[What]:
    return set(its.undone)


def other(number: int, change: RunChange, *, is_reverted: bool = False) -> Other:
    return Other(run_id=number, is_reverted=is_reverted, change=change)


def test_memory_that_nobody_else_had_to_do_with_is_forgotten() -> None:
    made = undone(found(NEW, recorded_at=RAN, evidence=()), CREATED)

    facts = made.facts
    assert (facts.state, facts.reason, facts.state_since) == ("forgotten", "reverted", NOW)
    assert (did(made), made.kept) == ({What.CREATED}, ())


@pytest.mark.parametrize("state", [State.FORGOTTEN, State.PURGED])
def test_memory_that_is_gone_by_time_stays_as_it_went(state: State) -> None:
    gone = replace(NEW, state=state, state_since=NOW - HOUR, reason=Reason.FADED)

    made = undone(found(gone, recorded_at=RAN, evidence=()), CREATED)

    assert (made.facts, did(made)) == (gone, {What.CREATED})


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"is_edited": True, "evidence": ()}, {(None, "edited since", None)}),
        ({"evidence": (12,)}, {(None, "evidence of another run", 12)}),
        ({"evidence": (0,)}, {(None, "evidence of another run", None)}),
        (
            {"is_edited": True, "evidence": (12,)},
            {(None, "edited since", None), (None, "evidence of another run", 12)},
        ),
    ],
    ids=["edited", "repeated", "stored", "both"],
)
def test_memory_that_others_had_to_do_with_is_kept(
    known: dict[str, Any], expected: set[tuple[str | None, str, int | None]]
) -> None:
    made = undone(found(NEW, recorded_at=RAN, **known), CREATED)

    assert (made.facts, did(made)) == (NEW, set())
    assert kept(made) == expected


@pytest.mark.parametrize(
    ("since", "is_kept"), [(RAN, False), (RAN + HOUR, True)], ids=["as made", "later"]
)
def test_change_of_facts_that_no_run_made_is_an_edit(since: datetime, *, is_kept: bool) -> None:
    facts = replace(NEW, facts_since=since)

    made = undone(found(facts, recorded_at=RAN, evidence=()), CREATED)

    assert (made.facts.state is State.LIVE) == is_kept


def test_facts_without_an_instant_are_as_old_as_the_state() -> None:
    facts = replace(NEW, facts_since=None)

    assert did(undone(found(facts, recorded_at=RAN, evidence=()), CREATED)) == {What.CREATED}


def test_facts_that_a_merge_changed_come_back() -> None:
    made = undone(found(), merged())

    facts = made.facts
    assert (facts.importance, facts.last_access, facts.facts_since) == (0.5, BORN, BORN)
    assert (did(made), made.kept) == ({What.MERGED}, ())


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"importance": 0.9}, {("importance", "edited since", None)}),
        ({"last_access": NOW - HOUR}, {("last_access", "used since", None)}),
    ],
    ids=["importance", "use"],
)
def test_fact_that_is_not_as_the_run_left_it_is_kept(
    changes: dict[str, Any], expected: set[tuple[str | None, str, int | None]]
) -> None:
    made = undone(found(replace(FACTS, **changes)), merged())

    assert {name: getattr(made.facts, name) for name in changes} == changes
    assert kept(made) == expected


def test_fact_that_the_run_left_as_it_was_is_not_told() -> None:
    made = undone(found(replace(FACTS, importance=0.9)), merged(low=0.8))

    assert made.kept == ()


@pytest.mark.parametrize("is_reverted", [False, True])
def test_fact_that_a_later_run_stands_by_is_kept(*, is_reverted: bool) -> None:
    later = other(RUN + 1, merged(low=0.8, since=RAN, at=RAN), is_reverted=is_reverted)

    made = undone(found(others=(later,)), merged())

    assert made.facts.importance == (0.5 if is_reverted else 0.8)
    names = {one.field for one in made.kept}
    assert names == (set() if is_reverted else {"importance", "last_access"})


def test_what_an_earlier_undone_run_had_set_does_not_come_back() -> None:
    first = other(RUN - 2, merged(0.1, 0.3, BORN - DAY, BORN - HOUR), is_reverted=True)
    second = other(RUN - 1, merged(0.3, 0.5, BORN - HOUR, BORN), is_reverted=True)

    made = undone(found(others=(first, second)), merged())

    assert (made.facts.importance, made.facts.last_access) == (0.1, BORN - DAY)


def test_what_an_earlier_standing_run_had_set_comes_back() -> None:
    earlier = other(RUN - 1, merged(0.1, 0.5, BORN - DAY, BORN))

    assert undone(found(others=(earlier,)), merged()).facts.importance == 0.5


def test_memory_whose_maker_was_undone_goes_with_its_last_evidence() -> None:
    made = undone(found(is_orphan=True, evidence=()), merged())

    assert (made.facts.state, did(made)) == (State.FORGOTTEN, {What.MERGED})


def test_memory_whose_maker_was_undone_stays_with_other_evidence() -> None:
    assert undone(found(is_orphan=True), merged()).facts.state is State.LIVE


def test_closed_memory_is_as_if_never_closed() -> None:
    made = undone(found(AWAY), CLOSED)

    facts = made.facts
    assert (facts.state, facts.state_since, facts.reason) == (State.LIVE, BORN, None)
    assert did(made) == {What.CLOSED}


def test_what_time_did_to_a_closed_memory_is_undone_too() -> None:
    gone = replace(AWAY, state=State.FORGOTTEN, state_since=NOW, reason=Reason.RETENTION_ENDED)

    assert undone(found(gone), CLOSED).facts.state is State.LIVE


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (replace(AWAY, state=State.FORGOTTEN, reason=Reason.REQUESTED), "edited since"),
        (replace(AWAY, state=State.LIVE, reason=None), "edited since"),
        (replace(AWAY, state=State.FORGOTTEN, reason=Reason.OVER_CAP), "changed since"),
    ],
    ids=["forgotten", "restored", "over cap"],
)
def test_closed_memory_that_somebody_moved_is_kept(facts: MemoryFacts, reason: str) -> None:
    made = undone(found(facts), CLOSED)

    assert (made.facts, did(made)) == (facts, set())
    assert kept(made) == {("state", reason, None)}


def test_restored_memory_that_time_took_again_is_kept() -> None:
    idle = replace(AWAY, state_since=NOW, reason=Reason.IDLE)

    made = undone(found(idle, is_edited=True), CLOSED)

    assert made.facts == idle
    assert kept(made) == {(None, "edited since", None), ("state", "changed since", None)}


def test_time_that_a_merge_gave_is_taken_back() -> None:
    idle = replace(FACTS, state=State.ARCHIVED, state_since=NOW - HOUR, reason=Reason.IDLE)

    facts = undone(found(idle), merged()).facts

    assert (facts.state, facts.state_since, facts.reason) == (State.LIVE, BORN, None)


def test_state_from_before_the_merge_is_left_alone() -> None:
    idle = replace(FACTS, state=State.ARCHIVED, state_since=BORN, reason=Reason.IDLE)

    assert undone(found(idle), merged()).facts.state is State.ARCHIVED


@pytest.mark.parametrize("moved", [False, True])
def test_end_of_what_is_true_comes_back_unless_it_was_moved(*, moved: bool) -> None:
    superseded = changed(What.SUPERSEDED, {"true_until": None}, {"true_until": RAN.isoformat()})
    until = RAN + HOUR if moved else RAN

    made = undone(found(replace(FACTS, facts_since=BORN), true_until=until), superseded)

    assert made.true_until == (until if moved else None)
    assert did(made) == (set() if moved else {What.SUPERSEDED})
    assert kept(made) == ({("true_until", "edited since", None)} if moved else set())


def test_evidence_alone_can_be_taken_back() -> None:
    made = undone(found(), changed(What.SUPPORTED, {}, {}))

    assert (made.facts, did(made)) == (FACTS, {What.SUPPORTED})


def test_run_that_wrote_what_is_not_known_cannot_be_undone() -> None:
    with pytest.raises(ValueError, match="colour"):
        undone(found(), changed(What.MERGED, {"colour": 1}, {"colour": 2}))
