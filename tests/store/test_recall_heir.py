"""Recall of what holds instead of what a question is near to."""

from datetime import timedelta

import pytest

from nrem.policy.graph import EdgeKind
from tests.store.linking import around, depths, link
from tests.store.recalling import keep
from tests.world import NOW, Org

HOUR = timedelta(hours=1)
OLD, NEW, NEWEST = "Ada lives in Berlin", "a move to Paris", "a house by the sea"
REST = ("where the bus stops", "Ada has a cat", "she lives well", "in the end")


def _supersede(org: Org, newer: str, older: str) -> None:
    org.do(
        "UPDATE memories SET true_until = %(at)s WHERE content = %(content)s",
        at=NOW - HOUR,
        content=older,
    )
    link(org, newer, older, EdgeKind.SUPERSEDES)


def test_heir_answers_what_the_superseded_memory_is_near_to(org: Org) -> None:
    keep(org, OLD, NEW, *REST)
    would = around(org, OLD)[OLD].ranked.relevance
    _supersede(org, NEW, OLD)

    found = around(org, OLD)

    assert next(iter(found)) == NEW
    assert OLD not in found
    assert found[NEW].ranked.relevance == pytest.approx(would, rel=0.05)
    (edge,) = found[NEW].ranked.path
    assert edge.kind is EdgeKind.SUPERSEDES


def test_heir_of_an_heir_answers(org: Org) -> None:
    keep(org, OLD, NEW, NEWEST, *REST)
    _supersede(org, NEW, OLD)
    _supersede(org, NEWEST, NEW)

    found = around(org, OLD)

    assert next(iter(found)) == NEWEST
    assert depths(found)[NEWEST] == 2


def test_heirs_in_a_circle_end(org: Org) -> None:
    keep(org, OLD, NEW, *REST)
    _supersede(org, NEW, OLD)
    _supersede(org, OLD, NEW)

    assert set(around(org, OLD)) == set(REST)


def test_without_depth_no_heir_answers(org: Org) -> None:
    keep(org, OLD, NEW, *REST)
    _supersede(org, NEW, OLD)

    assert next(iter(around(org, OLD, depth=0))) != NEW


def test_heir_that_is_archived_does_not_answer(org: Org) -> None:
    keep(org, OLD, NEW, *REST)
    _supersede(org, NEW, OLD)
    org.do("UPDATE memories SET state = 'archived' WHERE content = %(content)s", content=NEW)

    assert NEW not in around(org, OLD)


def test_heir_of_another_user_does_not_answer(org: Org) -> None:
    keep(org, OLD, *REST, user="ada")
    keep(org, NEW, user="ben")
    _supersede(org, NEW, OLD)

    assert NEW not in around(org, OLD, user_id="ada")


def test_heir_of_another_type_passes_no_filter(org: Org) -> None:
    keep(org, OLD, *REST)
    keep(org, NEW, memory_type="semantic")
    _supersede(org, NEW, OLD)

    assert NEW not in around(org, OLD, memory_type="episodic")


def test_edge_that_has_ended_leads_to_no_heir(org: Org) -> None:
    keep(org, OLD, NEW, *REST)
    _supersede(org, NEW, OLD)
    org.do("UPDATE edges SET valid_to = %(at)s", at=NOW + HOUR)

    assert next(iter(around(org, OLD, now=NOW + 2 * HOUR))) != NEW
