"""The pass consolidate: what a session repeats adds sources to a memory, not a memory."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.world import NOW, Org, end, turn
from worker.passes.consolidate import CONSOLIDATE

PEANUTS = "I'm allergic to peanuts."


def _tell(org: Org, session: str) -> list[int]:
    """A session that says it once and ends; answers the turn's row number."""
    return [org.append(turn(PEANUTS, session=session), end(session))[0].event_id]


def _sources(org: Org, memory_id: int) -> list[int]:
    return org.column(
        "SELECT event_id FROM derivations WHERE org_id = %(org)s AND child_id = %(id)s "
        "ORDER BY event_id",
        id=memory_id,
    )


def test_repeated_fact_adds_sources_instead_of_a_memory(org: Org) -> None:
    first = _tell(org, "s1")
    org.world.settle()

    second = _tell(org, "s2")
    org.world.settle()

    (memory_id,) = org.memories("id")
    assert _sources(org, memory_id) == first + second
    outcomes = org.column(
        "SELECT outcome FROM effects WHERE org_id = %(org)s AND step = 'consolidate' "
        "ORDER BY event_id"
    )
    assert outcomes == ["consolidated", "merged"]


def test_repeated_fact_counts_as_used_now(org: Org) -> None:
    later = NOW + timedelta(days=2)
    _tell(org, "s1")
    org.world.settle()
    org.append(turn(PEANUTS, session="s2"), end("s2"), now=later)

    org.world.settle(now=later)

    assert org.memories("last_access") == [later]


def test_facts_of_another_subject_are_not_merged(org: Org) -> None:
    _tell(org, "s1")
    org.world.settle()

    org.append(turn(PEANUTS, session="s2", user="somebody else"), end("s2"))
    org.world.settle()

    assert len(set(org.memories("subject_id"))) == 2


def test_archived_memory_is_not_merged_into(org: Org) -> None:
    _tell(org, "s1")
    org.world.settle()
    org.world.do("UPDATE memories SET state = 'archived'")

    _tell(org, "s2")
    org.world.settle()

    assert org.memories("state") == ["archived", "live"]


def test_memory_that_time_has_archived_unwritten_is_not_merged_into(org: Org) -> None:
    later = NOW + timedelta(days=8)
    _tell(org, "s1")
    org.world.settle()
    org.append(turn(PEANUTS, session="s2"), end("s2"), now=later)
    org.world.drain("score", now=later)

    outcomes = [one.outcome for one in org.world.drain("consolidate", now=later)]

    assert outcomes == ["applied"]
    assert len(org.memories("id")) == 2


def test_memory_that_changed_since_it_was_judged_is_judged_again(org: Org) -> None:
    _tell(org, "s1")
    org.world.settle()
    _tell(org, "s2")
    org.world.drain("score")

    def decide(*its: Any) -> Any:  # noqa: ANN401
        org.do("UPDATE memories SET importance = 0.99")
        return CONSOLIDATE.decide(*its)

    early = org.world.drain(replace(CONSOLIDATE, decide=decide))
    org.world.drain("consolidate", now=NOW + timedelta(minutes=1))

    assert [(its.outcome, its.changes.reason) for its in early] == [("failed", "PassError")]
    assert org.memories("importance") == [0.99]
    assert len(_sources(org, org.memories("id")[0])) == 2
