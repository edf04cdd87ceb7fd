"""Undoing a run of consolidate: what it wrote is gone, what others did since stays and is told."""

from datetime import datetime, timedelta

import pytest

from nrem.store.revert import Reverted
from tests.store.past import edit, restore, then
from tests.store.reverting import hand_over, last_run, snapshot, source_counts, tell, undo
from tests.world import NOW, Org, memory

LISBON = "I moved to Lisbon on 3 May 2025."
PEANUTS = "I'm allergic to peanuts."
BANK = "Call the bank on Monday about the mortgage."
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def _kept(done: Reverted) -> list[tuple[str | None, str]]:
    return [(one.field, one.reason) for one in done.kept]


def _sessions(org: Org) -> list[tuple[str, int | None]]:
    rows = org.ask("SELECT state, set_aside_by FROM sessions WHERE org_id = %(org)s ORDER BY id")
    return [tuple(row) for row in rows]


def test_world_is_as_if_the_run_had_never_been(org: Org) -> None:
    org.append(memory(BANK, memory_type="working", session="s"))
    tell(org, LISBON, PEANUTS)
    org.world.drain("score")
    org.world.drain("embed")
    before = snapshot(org, "Lisbon", "bank", "", now=NOW + HOUR)
    org.world.drain("consolidate")
    run_id = last_run(org)
    assert snapshot(org, "Lisbon", "bank", "", now=NOW + HOUR) != before

    done = undo(org, run_id, now=NOW + HOUR)

    assert snapshot(org, "Lisbon", "bank", "", now=NOW + HOUR, undone=[run_id]) == before
    assert {name: count for name, count in done.counts.items() if count} == {
        "created": 3,
        "closed": 1,
        "edges": 2,
        "sessions": 1,
    }
    assert (done.kept, done.dependents, done.already) == ((), (), False)


def test_both_runs_name_each_other(org: Org) -> None:
    run_id = hand_over(org, LISBON)

    done = undo(org, run_id, now=NOW + HOUR)

    undone, by = org.ask(
        "SELECT id, pass AS duty, cause, outcome, changed, reverts, reverted_by, reverted_at, "
        "started_at FROM runs WHERE id = ANY(%(ids)s) ORDER BY id",
        ids=[run_id, done.reverted_by],
    )
    assert (undone.reverted_by, undone.reverted_at, undone.reverts) == (by.id, NOW + HOUR, None)
    assert (by.reverts, by.reverted_by, by.started_at) == (run_id, None, NOW + HOUR)
    assert (by.duty, by.outcome, by.changed) == ("consolidate", "applied", 2)
    assert by.cause.startswith("revert:run_")


def test_forgotten_again_by_the_revert_it_can_be_restored(org: Org) -> None:
    run_id = hand_over(org, LISBON)
    undo(org, run_id, now=NOW + HOUR)
    (number,) = org.memories("id")
    assert org.memories("state, state_reason, state_since") == [
        ("forgotten", "reverted", NOW + HOUR)
    ]

    restore(org, number, NOW + DAY)

    assert org.memories("state") == ["live"]


def test_undoing_twice_answers_the_same_and_changes_nothing(org: Org) -> None:
    run_id = hand_over(org, LISBON, PEANUTS)
    edit(org, org.memories("id")[0], NOW + HOUR, importance=0.1)
    first = undo(org, run_id, now=NOW + 2 * HOUR)
    rows = org.ask("SELECT xmin::text FROM memories UNION ALL SELECT xmin::text FROM runs")

    second = undo(org, run_id, now=NOW + DAY)

    assert second.already
    assert (second.counts, second.kept, second.reverted_by) == (
        dict(first.counts),
        first.kept,
        first.reverted_by,
    )
    after = org.ask("SELECT xmin::text FROM memories UNION ALL SELECT xmin::text FROM runs")
    assert after == rows


def test_merge_is_taken_out_of_the_memory_it_went_into(org: Org) -> None:
    hand_over(org, PEANUTS, session="s1")
    org.do("UPDATE memories SET importance = 0.2", now=NOW + HOUR)
    before = org.memories("importance, last_access, facts_since")
    run_id = hand_over(org, PEANUTS, session="s2", now=NOW + DAY)
    assert org.memories("importance, last_access, facts_since") != before

    done = undo(org, run_id, now=NOW + 2 * DAY)

    assert org.memories("importance, last_access, facts_since") == before
    assert (done.counts["merged"], done.kept) == (1, ())
    assert source_counts(org) == [1]
    versions = org.column("SELECT importance FROM memory_versions ORDER BY version")
    assert len(versions) == 3  # the raised one stays in the history


def test_memory_that_was_edited_since_is_kept_and_told(org: Org) -> None:
    run_id = hand_over(org, LISBON, PEANUTS)
    number = org.memories("id")[0]
    edit(org, number, NOW + HOUR, content="I moved to Porto.")

    done = undo(org, run_id, now=NOW + 2 * HOUR)

    assert org.memories("state") == ["live", "forgotten"]
    assert [(one.memory_id, one.field, one.reason) for one in done.kept] == [
        (number, None, "edited since")
    ]
    assert done.counts["created"] == 1
    assert source_counts(org) == [1, 1]


def test_importance_that_was_set_since_a_merge_is_kept_and_the_rest_undone(org: Org) -> None:
    hand_over(org, PEANUTS, session="s1")
    org.do("UPDATE memories SET importance = 0.2", now=NOW + HOUR)
    before = org.memories("last_access")
    run_id = hand_over(org, PEANUTS, session="s2", now=NOW + DAY)
    edit(org, org.memories("id")[0], NOW + DAY + HOUR, importance=0.95)

    done = undo(org, run_id, now=NOW + 2 * DAY)

    assert org.memories("importance") == [0.95]
    assert org.memories("last_access") == before
    assert source_counts(org) == [1]
    assert _kept(done) == [(None, "edited since"), ("importance", "edited since")]


def test_working_memory_that_was_restored_since_is_kept(org: Org) -> None:
    org.append(memory(BANK, memory_type="working", session="s"))
    run_id = hand_over(org, LISBON)
    restore(org, org.memories("id")[0], NOW + HOUR)

    done = undo(org, run_id, now=NOW + 2 * HOUR)

    assert org.memories("state, state_since, last_access", where="type = 'working'") == [
        ("live", NOW + HOUR, NOW + HOUR)
    ]
    assert (None, "edited since") in _kept(done)
    assert done.counts["closed"] == 0


@pytest.mark.parametrize(
    ("waited", "state"), [(7 * DAY - HOUR, "live"), (7 * DAY, "archived")], ids=["6d23h", "7d"]
)
def test_time_goes_on_for_a_working_memory_that_was_closed(
    org: Org, waited: timedelta, state: str
) -> None:
    org.append(memory(BANK, memory_type="working", session="s"))
    run_id = hand_over(org, LISBON)

    undo(org, run_id, now=NOW + waited)

    reason = "idle" if state == "archived" else None
    since = NOW + 7 * DAY if state == "archived" else NOW
    assert org.memories("state, state_reason, state_since", where="type = 'working'") == [
        (state, reason, since)
    ]


def _contents(org: Org, as_of: datetime, now: datetime) -> list[str]:
    return sorted(one.content for one in then(org, "", as_of, now=now))


def test_as_of_tells_what_was_believed_before_between_and_after(org: Org) -> None:
    org.append(memory(BANK, memory_type="working", session="s"))
    org.world.drain("score")
    run_id = hand_over(org, PEANUTS, now=NOW + HOUR)
    made = org.memories(where="derived_by = 'consolidate'")
    undo(org, run_id, now=NOW + 2 * HOUR)
    now = NOW + DAY

    told = [
        _contents(org, at, now)
        for at in (NOW + HOUR / 2, NOW + HOUR, NOW + 1.5 * HOUR, NOW + 2 * HOUR, NOW + 3 * HOUR)
    ]

    assert told[0] == told[3] == told[4] == [BANK]
    assert told[1] == told[2] == sorted(made)


def test_time_that_a_merge_gave_is_taken_back_and_was_believed_till_then(org: Org) -> None:
    hand_over(org, PEANUTS, session="s1")
    run_id = hand_over(org, PEANUTS, session="s2", now=NOW + 5 * DAY)
    now = NOW + 9 * DAY
    assert org.memories("state") == ["live"]

    undo(org, run_id, now=now)

    assert org.memories("state, state_reason, state_since") == [("archived", "idle", NOW + 7 * DAY)]
    assert _contents(org, now - HOUR, now + HOUR) == org.memories()
    assert _contents(org, now, now + HOUR) == []


def test_session_is_left_alone_until_somebody_asks_again(org: Org) -> None:
    run_id = hand_over(org, LISBON)
    undo(org, run_id, now=NOW + HOUR)
    assert _sessions(org) == [("ended", run_id)]
    org.world.wake("consolidate")
    org.world.drain("consolidate", now=NOW + 2 * HOUR)
    assert _sessions(org) == [("ended", run_id)]

    done = undo(org, run_id, again=True, now=NOW + 3 * HOUR)
    org.world.drain("consolidate", now=NOW + 3 * HOUR)

    assert done.already
    assert _sessions(org) == [("consolidated", None)]
    assert org.memories("state") == ["forgotten", "live"]


def test_asked_for_at_once_it_is_consolidated_anew(org: Org) -> None:
    run_id = hand_over(org, LISBON)

    undo(org, run_id, again=True, now=NOW + HOUR)
    org.world.drain("consolidate", now=NOW + HOUR)

    assert _sessions(org) == [("consolidated", None)]
    assert org.memories("state, content")[-1][0] == "live"
    assert last_run(org) > run_id


def test_later_sessions_of_the_subject_do_not_wait_for_one_set_aside(org: Org) -> None:
    run_id = hand_over(org, LISBON, session="s1")
    undo(org, run_id, now=NOW + HOUR)

    hand_over(org, PEANUTS, session="s2", now=NOW + 2 * HOUR)

    assert _sessions(org) == [("ended", run_id), ("consolidated", None)]


def test_event_is_scored_again_and_no_more(org: Org) -> None:
    run_id = hand_over(org, LISBON)
    assert "consolidate" in org.column("SELECT step FROM effects WHERE org_id = %(org)s")

    undo(org, run_id, now=NOW + HOUR)

    assert "consolidate" not in org.column("SELECT step FROM effects WHERE org_id = %(org)s")


def test_run_without_memories_is_undone_too(org: Org) -> None:
    run_id = hand_over(org, "Hi there!")
    assert org.memories() == []

    done = undo(org, run_id, now=NOW + HOUR)

    assert done.counts["sessions"] == 1
    assert _sessions(org) == [("ended", run_id)]
