"""The pass refine: a repeat goes into the older one with all it rests on, and only once."""

from datetime import timedelta
from typing import Any

import pytest

from nrem import ids
from nrem.policy.graph import EdgeKind
from nrem.store import edge, engine
from nrem.store.edge import NewEdge
from tests.worker.jobbing import Asked, ask, audited
from tests.worker.trouble import Killed, frozen, killed
from tests.world import NOW, Org, access, memory
from worker.passes.refine import REFINE

TEA = "I like green tea with honey."
CATS = "The cat of the house is called Mog."
LATER = NOW + timedelta(minutes=1)


def told(org: Org, *contents: str, **fields: Any) -> list[int]:  # noqa: ANN401
    """Semantic memories of these words; answers their numbers."""
    before = set(org.memories("id"))
    org.append(*(memory(one, **{"memory_type": "semantic", **fields}) for one in contents))
    org.world.drain("score")
    org.world.drain("embed")
    return [number for number in org.memories("id") if number not in before]


def refined(org: Org, *, named: str | None = None) -> dict[str, int]:
    """Ask for it, have it done, and see what was counted."""
    asked = wait(org, named=named)
    org.world.drain(REFINE, now=LATER)
    done = asked.read()
    assert done.state == "completed"
    return {name: count for name, count in done.result.items() if count}


def wait(org: Org, *, named: str | None = None) -> Asked:
    return ask(org, "refine", {}, agent=None, named=named)


def link(org: Org, source: int, target: int, *, by: str | None = None, weight: float = 0.5) -> None:
    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        kind = EdgeKind.RELATES_TO
        new = NewEdge(source_id=source, target_id=target, kind=kind, weight=weight)
        edge.draw(conn, org.number, [new], drawn_by=by)


def edges(org: Org) -> list[tuple[Any, ...]]:
    """Edges that stand."""
    rows = org.ask(
        "SELECT source_id, kind, target_id FROM edges "
        "WHERE org_id = %(org)s AND valid_to IS NULL ORDER BY kind, source_id, target_id"
    )
    return [tuple(row) for row in rows]


def states(org: Org) -> list[str]:
    return org.memories("state")


def test_repeat_is_forgotten_and_the_older_one_gains_its_sources(org: Org) -> None:
    older, _, newer = told(org, TEA, CATS, TEA)

    counts = refined(org)

    assert counts == {"memos_scanned": 3, "memos_deduped": 1}
    assert org.memories("state, state_reason") == [
        ("live", None),
        ("live", None),
        ("forgotten", "merged"),
    ]
    sources = "SELECT count(*) FROM derivations WHERE org_id = %(org)s AND child_id = %(id)s"
    assert org.column(sources, id=older) == [2]
    assert edges(org) == [(older, "supersedes", newer)]


def test_second_time_finds_nothing(org: Org) -> None:
    first, second, _ = told(org, TEA, CATS, TEA)
    link(org, first, second, by="consolidate", weight=0.99)
    refined(org)

    assert refined(org) == {"memos_scanned": 2}


def test_near_repeat_is_merged_and_what_adds_something_stays(org: Org) -> None:
    told(org, TEA, "I really like green tea with honey!", "I like green tea with honey and milk.")

    refined(org)

    assert states(org) == ["live", "forgotten", "live"]


def test_pinned_memory_is_never_dropped(org: Org) -> None:
    _, newer = told(org, TEA, TEA)
    org.do("UPDATE memories SET pinned = true WHERE id = %(id)s", id=newer)

    assert refined(org) == {"memos_scanned": 2}


def test_memory_under_a_hold_is_never_dropped(org: Org) -> None:
    _, newer = told(org, TEA, TEA)
    org.world.do(
        "INSERT INTO holds (org_id, kind, ref_id, reference, placed_at) "
        "VALUES (%(org)s, 'memory', %(id)s, 'case 1', now())",
        org=org.number,
        id=newer,
    )

    assert refined(org) == {"memos_scanned": 2}


def test_other_types_users_and_superseded_facts_are_no_repeats(org: Org) -> None:
    told(org, TEA)
    told(org, TEA, memory_type="episodic")
    told(org, TEA, user="somebody else")
    (past,) = told(org, CATS)
    org.do("UPDATE memories SET true_until = app_now() WHERE id = %(id)s", id=past)
    told(org, CATS)

    assert "memos_deduped" not in refined(org)


def test_nothing_is_merged_into_what_has_a_time_to_live(org: Org) -> None:
    told(org, TEA, ttl_seconds=3_600)
    told(org, TEA)

    assert "memos_deduped" not in refined(org)


def test_uses_of_both_count_for_the_one_that_stays(org: Org) -> None:
    older, newer = told(org, TEA, TEA, memory_type="episodic")
    org.append(access(ids.encode(ids.MEMORY, newer)), access(ids.encode(ids.MEMORY, newer)))
    org.append(access(ids.encode(ids.MEMORY, older)))

    counts = refined(org)

    assert counts["feedback_drained"] == 3
    assert org.memories("access_count, tier", where="state = 'live'") == [(3, "long")]


def test_ties_of_the_repeat_go_to_the_one_that_stays(org: Org) -> None:
    older, cats, newer = told(org, TEA, CATS, TEA)
    link(org, newer, cats)
    link(org, older, newer)

    counts = refined(org)

    assert counts["edges_pruned"] == 2
    assert edges(org) == [(older, "relates_to", cats), (older, "supersedes", newer)]


def test_ties_to_what_is_forgotten_end(org: Org) -> None:
    tea, cats = told(org, TEA, CATS)
    link(org, tea, cats)
    org.do("UPDATE memories SET state = 'forgotten' WHERE id = %(id)s", id=cats)

    assert refined(org) == {"memos_scanned": 1, "edges_pruned": 1}
    assert edges(org) == []


def test_weights_that_passes_drew_follow_the_vectors_and_callers_weights_stay(org: Org) -> None:
    one, two, three = told(org, TEA, "I like black tea with honey.", CATS)
    link(org, one, two, by="consolidate", weight=0.01)
    link(org, one, three, weight=0.01)

    counts = refined(org)

    assert counts["edges_reweighted"] == 1
    weights = "SELECT weight FROM edges WHERE org_id = %(org)s ORDER BY id"
    drawn, given = org.column(weights)
    assert drawn > 0.3
    assert given == 0.01


def test_only_the_dataset_is_looked_at(org: Org) -> None:
    _, inside, other = told(org, TEA, TEA, CATS)
    asked = wait(org, named="handbook")
    org.do(
        "INSERT INTO dataset_memories (org_id, dataset_id, memory_id) "
        "SELECT org_id, id, unnest(%(ids)s::bigint[]) FROM datasets WHERE org_id = %(org)s",
        org=org.number,
        ids=[inside, other],
    )

    org.world.drain(REFINE)

    assert asked.read().result["memos_scanned"] == 2
    assert states(org) == ["live"] * 3


def test_trail_tells_of_what_was_forgotten(org: Org) -> None:
    told(org, TEA, TEA)

    refined(org)

    assert audited(org) == [("refine", "queued"), ("forget", None), ("refine", "completed")]


def test_pages_go_on_where_the_one_before_ended(org: Org) -> None:
    told(org, *(f"The number of this part is {n}." for n in range(25)), TEA, TEA)
    asked = wait(org)

    org.world.step(REFINE)
    midway = asked.read()
    org.world.drain(REFINE)

    assert (midway.state, midway.result["memos_scanned"]) == ("running", 25)
    done = asked.read()
    assert (done.state, done.result["memos_scanned"]) == ("completed", 27)
    assert done.result["memos_deduped"] == 1


def test_equal_texts_without_a_vector_are_found(org: Org) -> None:
    org.append(memory(TEA, memory_type="semantic"), memory(TEA, memory_type="semantic"))
    org.world.drain("score")

    assert refined(org) == {"memos_scanned": 2, "memos_deduped": 1, "without_vector": 2}


def test_killed_worker_doubles_nothing(org: Org) -> None:
    told(org, TEA, TEA)
    asked = wait(org)
    with pytest.raises(Killed):
        org.world.step(killed(REFINE))

    org.world.lapse()
    org.world.drain(REFINE)

    assert (asked.read().state, asked.read().result["memos_deduped"]) == ("completed", 1)


def test_late_holder_writes_nothing(org: Org) -> None:
    told(org, TEA, TEA)
    asked = wait(org)

    def meanwhile() -> None:
        org.world.lapse()
        org.world.drain(REFINE)

    late = org.world.step(frozen(REFINE, meanwhile))

    assert late is not None
    assert late.outcome == "fenced"
    assert asked.read().result["memos_deduped"] == 1


def test_memory_that_changes_meanwhile_is_left_alone(org: Org) -> None:
    _, newer = told(org, TEA, TEA)
    asked = wait(org)
    change = "UPDATE memories SET content = 'I like coffee.' WHERE id = %(id)s"

    org.world.step(frozen(REFINE, lambda: org.do(change, id=newer)))

    assert states(org) == ["live", "live"]
    assert asked.read().result["memos_deduped"] == 0
