"""What a preview shows is what its approval writes: the same words, sources, edges and closings."""

from random import Random
from typing import Any

import pytest

from nrem.store import preview
from nrem.store.preview import Preview
from tests.extent import rounds
from tests.worker.imagined import tell
from tests.world import Org, World
from worker.passes import BY_NAME
from worker.runner import drain

# Orgs of one database, each told other things.
WORLDS = rounds(4, 20)
Line = tuple[Any, ...]


def _previewed(org: Org) -> Preview:
    with org.begin() as conn:
        number = preview.ask(conn, org.number, "consolidate", subject_id=None, cause="request:x")
    return _answered(org, number)


def _answered(org: Org, number: int) -> Preview:
    drain(org.world.setting(only_org=org.number), BY_NAME["preview"])
    with org.begin() as conn:
        found = preview.read(conn, org.number, number)
    assert found
    return found


def _approved(org: Org, shown: Preview) -> Preview:
    with org.begin() as conn:
        preview.approve(conn, org.number, shown.preview_id, cause="request:y")
    return _answered(org, shown.preview_id)


def _names(org: Org, runs: list[int]) -> dict[int, str]:
    """The memories of these runs by the names that a diff gives them."""
    made = org.column(
        "SELECT id FROM memories WHERE org_id = %(org)s AND run_id = ANY(%(runs)s) ORDER BY id",
        runs=runs,
    )
    return {number: f"new {at}" for at, number in enumerate(made, start=1)}


def _written(org: Org, runs: list[int]) -> list[Line]:
    """What the runs left in the database, in the words of a diff."""
    names = _names(org, runs)

    def name(number: int) -> str:
        return names.get(number, str(number))

    def rows(question: str) -> list[Any]:
        return org.ask(question, runs=runs)

    sources = rows(
        "SELECT d.child_id, d.run_id, m.run_id IS NOT DISTINCT FROM d.run_id AS is_new, m.content, "
        "array_agg('event ' || d.event_id ORDER BY d.event_id) AS events "
        "FROM derivations AS d JOIN memories AS m ON m.org_id = d.org_id AND m.id = d.child_id "
        "WHERE d.org_id = %(org)s AND d.run_id = ANY(%(runs)s) "
        "GROUP BY d.child_id, d.run_id, m.run_id, m.content"
    )
    edges = rows(
        "SELECT source_id, kind, target_id, weight FROM edges "
        "WHERE org_id = %(org)s AND run_id = ANY(%(runs)s)"
    )
    closed = rows(
        "SELECT memory_id FROM run_changes "
        "WHERE org_id = %(org)s AND run_id = ANY(%(runs)s) AND what = 'closed'"
    )
    return sorted(
        [
            *(
                ("new", name(one.child_id), one.content, tuple(one.events))
                if one.is_new
                else ("sources", name(one.child_id), tuple(one.events))
                for one in sources
            ),
            *(
                ("edge", name(e.source_id), f"{e.kind} {name(e.target_id)}", f"weight {e.weight:g}")
                for e in edges
            ),
            *(("closed", name(one.memory_id)) for one in closed),
        ],
        key=str,
    )


def _shown(its: Preview) -> list[Line]:
    def line(one: Any) -> Line:  # noqa: ANN401
        name, evidence = one["name"] or str(one["id"]), tuple(one["evidence"])
        if one["kind"] == "edge":
            return ("edge", name, one["after"], one["reason"])
        if one["kind"] == "sources":
            return ("sources", name, evidence)
        if one["before"] is None:
            return ("new", name, one["after"], evidence)
        return ("closed", name)

    return sorted((line(one) for one in its.changes), key=str)


@pytest.mark.parametrize("first", range(0, 2 * WORLDS, WORLDS))
def test_what_is_shown_is_what_is_written(world: World, first: int) -> None:
    shown, written, kinds = {}, {}, set()

    for seed in range(first, first + WORLDS):
        chance, org = Random(seed), world.found(f"org {seed}")  # noqa: S311 - no secret
        # The second time much of it is known.
        for _ in range(2):
            tell(org, chance)
            seen = _previewed(org)
            done = _approved(org, seen)
            assert done.state == "applied", seed
            at = (seed, seen.preview_id)
            shown[at], written[at] = _shown(seen), _written(org, list(done.run_ids))
            kinds |= {line[0] for line in shown[at]}

    assert written == shown
    assert kinds == {"new", "sources", "edge", "closed"}


def test_approval_writes_what_a_plain_run_writes(world: World) -> None:
    made: dict[str, list[Any]] = {}
    for way in ("approved", "plain"):
        org = world.found(way)
        tell(org, Random(7))  # noqa: S311 - no secret
        if way == "approved":
            _approved(org, _previewed(org))
        else:
            world.drain("consolidate")
        made[way] = org.memories("content, type, tier, state, importance, occurred_at, derived_by")

    assert made["approved"] == made["plain"]
    assert made["plain"]
