"""The pass reflect: when it looks, what it takes out, and that nothing that matters is lost."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from nrem.errors import ConflictError
from nrem.policy.reflect_model import Delete, Edit, Merge, ReflectInput, Replace
from nrem.policy.text import token_estimate
from nrem.store import engine, policy
from nrem.store.revert import Reverted, revert
from tests.worker.observing import LISBON, SISTER, Told, drive, noted, unreadable
from tests.worker.previewing import after, approve, ask
from tests.world import NOW, TOOLS, Org, end, turn
from worker.passes import BY_NAME
from worker.runner import rehearse

DAY = timedelta(days=1)
MOVED = "I moved to Lisbon in May."
BIKE = "I bought a red bicycle in Porto."
RICH = "I moved to Lisbon in May with the dog Pepper."


def tell(org: Org, *said: str, user: str = "user") -> None:
    """Observations of a person, one per statement, in this order."""
    for at, one in enumerate(said):
        name = f"{user}{at}"
        org.append(turn(one, session=name, user=user), end(name, user=user), now=NOW - 10 * DAY)
    org.world.drain("observe", now=NOW - 10 * DAY)
    org.do("UPDATE observations SET priority = 'medium'")


def reflect(org: Org, told: Told | None = None, **setting: Any) -> list[Any]:  # noqa: ANN401
    org.world.tick("reflect")
    return drive(org, "reflect", told or Told(), **setting)


def editing(*edits: Edit) -> Told:
    return Told(edit=lambda _: edits)


def active(org: Org, columns: str = "text") -> list[Any]:
    return noted(org, columns, where="archived_at IS NULL")


def undo(org: Org, run_id: int) -> Reverted:
    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        timeline = policy.timeline(conn, org.number)
        return revert(conn, org.number, run_id, again=False, timeline=timeline, now=NOW)


def test_covered_observation_is_archived_and_kept(org: Org) -> None:
    tell(org, MOVED, SISTER, RICH)

    (run,) = reflect(org)

    assert run.outcome == "applied"
    assert active(org) == [f"User: {SISTER}", f"User: {RICH}"]
    gone = noted(org, "archived_at, archived_reason, archived_by", where="ordinal = 1")
    assert gone == [(NOW, "covered", run.run_id)]


def test_merge_has_the_sources_the_dates_and_the_priority_of_what_it_is_made_of(org: Org) -> None:
    tell(org, LISBON, SISTER)
    org.do("UPDATE observations SET priority = 'high', trust = 'tool' WHERE ordinal = 2")
    org.do("UPDATE observations SET observation_date = %(at)s WHERE ordinal = 2", at=NOW - 20 * DAY)
    org.do("UPDATE observations SET referenced_date = %(at)s WHERE ordinal = 1", at=NOW - 30 * DAY)
    org.do("UPDATE observations SET referenced_date = %(at)s WHERE ordinal = 2", at=NOW - 40 * DAY)
    text = "Moved to Lisbon in May with dog Pepper; sister Jana lives in Graz, works as nurse."

    (run,) = reflect(org, editing(Merge(source_ids=(1, 2), text=text)))

    assert run.changes.changed == 2
    found = active(
        org,
        "ordinal, text, priority, trust, observation_date, referenced_date, referenced_from, "
        "created_at, run_id",
    )
    assert found == [
        (3, text, "high", "tool", NOW - 10 * DAY, NOW - 30 * DAY, NOW - 40 * DAY, NOW, run.run_id)
    ]
    assert org.column(
        "SELECT count(DISTINCT d.event_id) FROM derivations AS d JOIN observations AS o "
        "ON o.org_id = d.org_id AND o.id = d.child_id WHERE o.ordinal = 3 "
        "AND d.child_kind = 'observation' AND d.org_id = %(org)s"
    ) == [2]
    assert org.column(
        "SELECT p.ordinal FROM observation_parents AS r JOIN observations AS p "
        "ON p.org_id = r.org_id AND p.id = r.parent_id WHERE r.org_id = %(org)s ORDER BY 1"
    ) == [1, 2]


@pytest.mark.parametrize(
    "edit",
    [
        Delete(source_id=1),
        Delete(source_id=2),
        Delete(source_id=77),
        Merge(source_ids=(1, 77), text="Moved to Lisbon in May with dog Pepper."),
        Merge(source_ids=(1, 1), text="Moved to Lisbon in May with dog Pepper."),
        Replace(source_id=1, text="Nothing of interest."),
        Replace(source_id=1, text=f"User: {LISBON} And much more than that was said about it."),
    ],
    ids=["last of its kind", "uncovered", "foreign", "foreign merge", "twice", "loses", "longer"],
)
def test_edit_that_loses_something_is_refused(org: Org, edit: Edit) -> None:
    tell(org, LISBON, SISTER)
    before = active(org)

    (run,) = reflect(org, editing(edit))

    assert (run.outcome, run.changes.reason) == ("noop", "refused")
    assert active(org) == before


def test_person_is_not_looked_at_again_until_something_new_is_noted(org: Org) -> None:
    tell(org, LISBON, SISTER)
    told = Told()

    reflect(org, told)
    reflect(org, told)
    org.append(turn(BIKE, session="new"), end("new"))
    org.world.drain("observe")
    reflect(org, told)

    assert [len(batch.observations) for batch in told.batches] == [2, 3]


@pytest.mark.parametrize(("tokens", "looks"), [(16_383, 0), (16_384, 1)])
def test_long_log_is_looked_at_before_its_tick(org: Org, tokens: int, looks: int) -> None:
    tell(org, LISBON, SISTER)
    org.append(turn(BIKE, session="new"), end("new"))
    more = token_estimate(f"User: {BIKE}")
    org.do("UPDATE observation_logs SET tokens = %(n)s", n=tokens - more)
    told = Told()

    org.world.drain("observe")
    drive(org, "reflect", told)

    assert len(told.batches) == looks


def test_long_log_is_walked_over_in_batches(org: Org) -> None:
    tell(org, LISBON, SISTER, BIKE, "Please remember that I am allergic to walnuts.")
    org.do("UPDATE observations SET tokens = 10000")
    told = Told(edit=lambda _: ())

    reflect(org, told)

    seen = [[one.ordinal for one in batch.observations] for batch in told.batches]
    assert seen == [[1, 2], [3, 4]]


def test_only_the_persons_own_observations_are_looked_at(org: Org) -> None:
    tell(org, LISBON, user="ana")
    tell(org, SISTER, user="ben")
    told = Told()

    reflect(org, told)

    assert not told.batches
    assert len(active(org)) == 2


def test_unreadable_reply_is_a_failure(org: Org) -> None:
    tell(org, LISBON, SISTER)

    (run,) = reflect(org, Told(edit=unreadable))

    assert run.outcome == "failed"
    assert len(active(org)) == 2


def test_observation_archived_meanwhile_sends_the_log_back(org: Org) -> None:
    tell(org, MOVED, SISTER, RICH)

    def meanwhile(batch: ReflectInput) -> Sequence[Edit]:
        org.do(
            "UPDATE observations SET archived_at = now(), archived_reason = 'merged', "
            "archived_by = 1 WHERE ordinal = 1"
        )
        return TOOLS.provider.propose_edits(batch).edits

    (run,) = reflect(org, Told(edit=meanwhile))

    assert (run.outcome, run.changes.reason) == ("failed", "PassError")
    assert len(active(org)) == 2


def test_late_holder_changes_nothing(org: Org) -> None:
    tell(org, MOVED, SISTER, RICH)

    def overtaken(_batch: ReflectInput) -> Sequence[Edit]:
        org.world.lapse()
        org.world.drain("reflect")
        return [Delete(source_id=1)]

    (run, *_) = reflect(org, Told(edit=overtaken))

    assert run.outcome == "fenced"
    assert len(active(org)) == 2


def test_running_again_changes_nothing(org: Org) -> None:
    tell(org, MOVED, SISTER, RICH)
    reflect(org)
    before = noted(org, "ordinal, archived_at, tokens")

    org.do("UPDATE observation_logs SET reflected_ordinal = 0")
    reflect(org)

    assert noted(org, "ordinal, archived_at, tokens") == before


def test_tokens_of_the_log_are_those_of_its_active_observations(org: Org) -> None:
    tell(org, MOVED, SISTER, RICH)

    reflect(org)

    assert org.column("SELECT tokens FROM observation_logs WHERE org_id = %(org)s") == [
        sum(active(org, "tokens"))
    ]


def test_dry_run_tells_what_would_go_and_changes_nothing(org: Org) -> None:
    tell(org, MOVED, SISTER, RICH)

    outcomes = rehearse(org.world.setting(only_org=org.number), BY_NAME["reflect"])

    lines = [line for its in outcomes for line in its.changes.diff]
    assert [(line.id, line.before, line.after, line.reason) for line in lines] == [
        (1, f"User: {MOVED}", "archived", "covered")
    ]
    assert len(active(org)) == 3


def test_what_was_shown_is_done_exactly_so(org: Org) -> None:
    tell(org, MOVED, SISTER, RICH)

    shown = ask(org, "reflect")
    before = len(active(org))
    done = approve(org, shown)

    assert after(shown, "observation") == ["archived"]
    assert (before, done.state, len(active(org))) == (3, "applied", 2)


def test_undone_run_leaves_the_log_as_it_was(org: Org) -> None:
    tell(org, LISBON, SISTER)
    before = active(org, "ordinal, text, tokens")
    text = "Moved to Lisbon in May with dog Pepper; sister Jana lives in Graz, works as nurse."
    (run,) = reflect(org, editing(Merge(source_ids=(1, 2), text=text)))

    done = undo(org, run.run_id)

    assert (done.counts["created"], done.counts["archived"]) == (1, 2)
    assert active(org, "ordinal, text, tokens") == before
    assert noted(org, "archived_reason", where="ordinal = 3") == ["reverted"]
    assert org.column("SELECT tokens FROM observation_logs") == [sum(one[2] for one in before)]


def test_run_on_which_another_one_built_is_undone_after_that(org: Org) -> None:
    tell(org, LISBON, SISTER, BIKE)
    text = "Moved to Lisbon in May with dog Pepper; sister Jana lives in Graz, works as nurse."
    (first,) = reflect(org, editing(Merge(source_ids=(1, 2), text=text)))
    org.do("UPDATE observation_logs SET reflected_ordinal = 0")
    shorter = "Moved to Lisbon in May, dog Pepper; sister Jana lives in Graz, nurse."
    reflect(org, editing(Replace(source_id=4, text=shorter)))

    with pytest.raises(ConflictError, match="later run"):
        undo(org, first.run_id)

    assert active(org) == [f"User: {BIKE}", shorter]
