"""Recall and the world's clock: what is true no more is left out, unless it is asked for."""

from datetime import datetime, timedelta

import pytest

from nrem.store import recall_match
from tests.store.linking import around, depths, link
from tests.store.recalling import keep
from tests.world import NOW, Org, turn

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
HIT, NEXT, THIRD = "a grey parrot", "the red bicycle", "tea at noon"


@pytest.fixture(params=[False, True], ids=["small", "large"])
def is_large(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether every scope counts as large, and so goes through the bounded statements."""
    if request.param:
        monkeypatch.setattr(recall_match, "SMALL", 0)
    return bool(request.param)


@pytest.mark.parametrize("query", [HIT, ""])
@pytest.mark.parametrize(("until", "count"), [(NOW + HOUR, 0), (NOW + HOUR + TICK, 1)])
def test_what_is_true_no_more_leaves_recall(
    org: Org,
    is_large: bool,  # noqa: FBT001
    query: str,
    until: datetime,
    count: int,
) -> None:
    keep(org, HIT)
    org.do("UPDATE memories SET true_until = %(until)s", until=until, now=NOW + TICK)

    found = around(org, query, now=NOW + HOUR)

    assert len(found) == count
    assert {one.true_until for one in found.values()} <= {until}


def test_what_is_true_no_more_is_reached_over_no_edge(org: Org) -> None:
    keep(org, HIT, NEXT, THIRD)
    link(org, HIT, NEXT)
    link(org, NEXT, THIRD)
    org.do(f"UPDATE memories SET true_until = occurred_at WHERE content = '{NEXT}'")  # noqa: S608

    assert depths(around(org, HIT, depth=5, now=NOW + HOUR)) == {HIT: 0, THIRD: 0}


@pytest.mark.parametrize("query", [HIT, ""])
@pytest.mark.parametrize(("at", "count"), [(NOW + HOUR - TICK, 1), (NOW + HOUR, 0)])
def test_what_was_believed_before_it_was_known_to_have_ended_is_recalled_as_of_then(
    org: Org, query: str, at: datetime, count: int
) -> None:
    keep(org, HIT)
    org.do("UPDATE memories SET true_until = occurred_at", now=NOW + HOUR)

    assert len(around(org, query, as_of=at, now=NOW + 2 * HOUR)) == count


@pytest.mark.parametrize("query", [HIT, ""])
@pytest.mark.parametrize("as_of", [None, NOW + HOUR])
@pytest.mark.parametrize(
    ("true_at", "count"),
    [
        (NOW - DAY - TICK, 0),
        (NOW - DAY, 1),
        (NOW - HOUR - TICK, 1),
        (NOW - HOUR, 0),
    ],
)
def test_true_at_asks_what_held_in_the_world_then(
    org: Org, query: str, as_of: datetime | None, true_at: datetime, count: int
) -> None:
    keep(org, HIT, occurred_at=NOW - DAY)
    org.do("UPDATE memories SET true_until = %(until)s", until=NOW - HOUR, now=NOW + TICK)
    now = NOW + 2 * HOUR

    assert len(around(org, query, as_of=as_of, now=now, true_at=true_at)) == count


@pytest.mark.parametrize(("true_at", "count"), [(NOW - HOUR - TICK, 0), (NOW - HOUR, 1)])
def test_turns_were_said_by_then(
    org: Org,
    is_large: bool,  # noqa: FBT001
    true_at: datetime,
    count: int,
) -> None:
    org.append(turn("I saw a parrot.", occurred_at=NOW - HOUR))
    org.world.drain("score")
    org.world.drain("embed")

    assert len(around(org, "parrot", true_at=true_at)) == count
    assert len(around(org, "parrot", true_at=true_at, as_of=NOW, now=NOW + HOUR)) == count
