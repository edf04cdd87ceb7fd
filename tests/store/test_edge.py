"""Edges: drawn once, ended and never deleted, listed as of an instant, within one org alone."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from nrem.policy.graph import EdgeKind
from nrem.store import edge
from nrem.store.edge import Filters, NewEdge
from tests.store.recalling import keep
from tests.world import NOW, Org, World

HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)
KIND = EdgeKind.RELATES_TO


@pytest.fixture
def pair(org: Org) -> tuple[int, int]:
    """Two memories."""
    keep(org, "a grey parrot", "the red bicycle")
    first, second = org.memories("id")
    return first, second


def draw(org: Org, *edges: NewEdge, now: datetime = NOW) -> list[int]:
    with org.begin(now=now) as conn:
        return edge.draw(conn, org.number, edges)


def end(org: Org, *numbers: int, now: datetime) -> int:
    with org.begin(now=now) as conn:
        return edge.end(conn, org.number, numbers)


def listed(org: Org, memory_id: int, filters: Filters, *, now: datetime = NOW) -> list[int]:
    with org.begin(now=now) as conn:
        return [row.id for row in edge.of_memory(conn, org.number, memory_id, filters)]


def to(source: int, target: int, kind: EdgeKind = KIND, weight: float = 1.0) -> NewEdge:
    return NewEdge(source_id=source, target_id=target, kind=kind, weight=weight)


def test_edge_that_stands_is_not_drawn_again(org: Org, pair: tuple[int, int]) -> None:
    first = draw(org, to(*pair, weight=0.5))

    again = draw(org, to(*pair, weight=0.9), to(*pair))

    assert (len(first), again) == (1, [])
    assert org.column("SELECT weight FROM edges WHERE org_id = %(org)s") == [0.5]


def test_edges_of_other_kinds_and_the_other_way_stand_beside_it(
    org: Org, pair: tuple[int, int]
) -> None:
    one, other = pair

    drawn = draw(org, to(one, other), to(other, one), to(one, other, EdgeKind.SUPPORTS))

    assert len(drawn) == 3


def test_edge_that_ended_may_be_drawn_anew(org: Org, pair: tuple[int, int]) -> None:
    (first,) = draw(org, to(*pair))
    end(org, first, now=NOW + HOUR)

    (second,) = draw(org, to(*pair), now=NOW + 2 * HOUR)

    assert second != first
    spans = org.ask("SELECT valid_from, valid_to FROM edges WHERE org_id = %(org)s ORDER BY id")
    assert [tuple(row) for row in spans] == [(NOW, NOW + HOUR), (NOW + 2 * HOUR, None)]


def test_edge_ends_once(org: Org, pair: tuple[int, int]) -> None:
    (number,) = draw(org, to(*pair))

    ended = [end(org, number, now=NOW + hours * HOUR) for hours in (1, 2)]

    assert ended == [1, 0]
    assert org.column("SELECT valid_to FROM edges WHERE org_id = %(org)s") == [NOW + HOUR]


def test_edge_that_ends_at_once_has_stood_for_an_instant(org: Org, pair: tuple[int, int]) -> None:
    (number,) = draw(org, to(*pair))

    end(org, number, now=NOW)

    assert org.column("SELECT valid_to FROM edges WHERE org_id = %(org)s") == [NOW + TICK]


@pytest.mark.parametrize(
    ("at", "count"),
    [(NOW - TICK, 0), (NOW, 1), (NOW + HOUR - TICK, 1), (NOW + HOUR, 0)],
)
def test_edge_is_listed_from_its_drawing_to_its_end(
    org: Org, pair: tuple[int, int], at: datetime, count: int
) -> None:
    (number,) = draw(org, to(*pair))
    end(org, number, now=NOW + HOUR)

    assert len(listed(org, pair[0], Filters(as_of=at), now=NOW + 2 * HOUR)) == count
    assert listed(org, pair[0], Filters(), now=NOW + 2 * HOUR) == []


def test_listing_obeys_direction_and_kind(org: Org, pair: tuple[int, int]) -> None:
    one, other = pair
    out, back = draw(org, to(one, other), to(other, one, EdgeKind.SUPPORTS))

    assert listed(org, one, Filters()) == [out, back]
    assert listed(org, one, Filters(is_incoming=False)) == [out]
    assert listed(org, one, Filters(is_outgoing=False)) == [back]
    assert listed(org, one, Filters(kind=EdgeKind.SUPPORTS)) == [back]


def test_edge_is_read_at_either_end_and_nowhere_else(org: Org, pair: tuple[int, int]) -> None:
    (number,) = draw(org, to(*pair))

    with org.begin() as conn:
        found = [edge.read(conn, org.number, end, number) for end in (*pair, 2**40)]

    assert [row and row.id for row in found] == [number, number, None]


def test_edge_that_stands_is_found_before_one_that_ended(org: Org, pair: tuple[int, int]) -> None:
    (old,) = draw(org, to(*pair))
    end(org, old, now=NOW + HOUR)
    source, target = pair

    def found() -> int:
        with org.begin(now=NOW + 2 * HOUR) as conn:
            row = edge.find(conn, org.number, source_id=source, target_id=target, kind=KIND)
            return int(row.id)

    assert found() == old
    (new,) = draw(org, to(*pair), now=NOW + 2 * HOUR)
    assert found() == new


@pytest.mark.parametrize("is_source", [True, False])
def test_schema_refuses_an_edge_between_orgs_even_from_the_superuser(
    world: World,
    is_source: bool,  # noqa: FBT001
) -> None:
    mine, theirs = world.found("mine"), world.found("theirs")
    keep(mine, "my parrot")
    keep(theirs, "their parrot")
    (own,), (foreign,) = mine.memories("id"), theirs.memories("id")
    source, target = (foreign, own) if is_source else (own, foreign)

    with pytest.raises(IntegrityError, match="foreign key"):
        world.do(
            "INSERT INTO edges (org_id, source_id, target_id, kind, valid_from) "
            "VALUES (%(org)s, %(source)s, %(target)s, 'follows', now())",
            org=mine.number,
            source=source,
            target=target,
        )


def test_schema_refuses_an_edge_to_the_memory_itself(org: Org, pair: tuple[int, int]) -> None:
    with pytest.raises(IntegrityError, match="edges_ends_check"):
        draw(org, to(pair[0], pair[0]))


def test_purge_ends_the_edges_of_a_memory_and_empties_what_was_said_with_them(
    org: Org, pair: tuple[int, int]
) -> None:
    gone, kept = pair
    said = {"why": "she told me"}
    draw(org, NewEdge(source_id=kept, target_id=gone, kind=KIND, metadata=said))
    org.do(
        "UPDATE memories SET state = 'forgotten', state_since = %(at)s, due_at = %(at)s "
        "WHERE id = %(id)s",
        at=NOW,
        id=gone,
    )

    org.world.drain("expire", now=NOW + timedelta(days=40))

    assert org.memories("state", where=f"id = {gone}") == ["purged"]
    (row,) = org.ask("SELECT metadata, valid_to IS NULL FROM edges WHERE org_id = %(org)s")
    assert tuple(row) == ({}, False)
    assert listed(org, kept, Filters(as_of=NOW), now=NOW + timedelta(days=41)) == []
