"""Recall while crossings have come that no sweep has written down: the answer is the same."""

from datetime import timedelta

import pytest

from nrem.store import recall_rank
from tests.store.recalling import contents, keep, recall
from tests.world import NOW, Org

LATER = NOW + timedelta(days=8)
# One less than the candidates of a first look.
GONE = recall_rank.LEAST_CANDIDATES - 1


@pytest.fixture
def crowded(org: Org) -> Org:
    """Many memories that match best and lay idle too long, and two that lasted."""
    keep(org, *(f"cello lesson {number}" for number in range(GONE)), tier="short", importance=0.9)
    keep(org, "cello lesson plan", memory_type="semantic", importance=0.0)
    keep(org, "cello lesson plan and another note", memory_type="semantic", importance=1.0)
    return org


def test_what_is_gone_takes_nobodys_place_among_the_candidates(crowded: Org) -> None:
    unswept = recall(crowded, "cello lesson", limit=1, now=LATER)

    crowded.world.drain("decay", now=LATER)

    swept = recall(crowded, "cello lesson", limit=1, now=LATER)
    assert contents(unswept) == contents(swept)
    assert [one.ranked for one in unswept] == [one.ranked for one in swept]


def test_word_statistics_do_not_depend_on_what_was_written_down(crowded: Org) -> None:
    unswept = recall(crowded, "cello note", limit=5, now=LATER)

    crowded.world.drain("decay", now=LATER)

    assert [one.ranked for one in unswept] == [
        one.ranked for one in recall(crowded, "cello note", limit=5, now=LATER)
    ]
