"""Parked work: listed with ids and codes, replayed or dropped, once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from nrem.store import park
from nrem.store.park import Parked
from tests.worker.trouble import poisoned
from tests.world import NOW, Org, end, memory, turn
from worker.contract import Pass
from worker.passes.consolidate import CONSOLIDATE
from worker.passes.score import SCORE

LATER = NOW + timedelta(hours=1)


def _parked(org: Org) -> list[Parked]:
    with org.begin() as conn:
        return park.find(conn)


def _park_event(org: Org) -> Parked:
    org.append(memory("fact"))
    for minutes in range(SCORE.max_attempts):
        org.world.drain(poisoned(SCORE, lambda _: True), now=NOW + timedelta(minutes=minutes))
    (parked,) = _parked(org)
    return parked


def _park_stream(org: Org) -> Parked:
    org.append(turn("I moved to Lisbon.", session="s"), end("s"))
    org.world.drain("score")
    for minutes in range(CONSOLIDATE.max_attempts):
        now = NOW + timedelta(minutes=minutes)
        org.world.drain(_refusing(), now=now)
    (parked,) = _parked(org)
    return parked


def _refusing() -> Pass:
    def propose(*_: object) -> None:
        raise ValueError

    return replace(CONSOLIDATE, propose=propose)


def test_parked_event_is_listed_with_ids_and_codes(org: Org) -> None:
    parked = _park_event(org)

    assert parked.org_id == org.number
    assert (parked.pass_name, parked.item_kind) == ("score", "event")
    assert [parked.item_id] == org.column("SELECT id FROM events")
    assert (parked.reason, parked.error_class) == ("failed", "ValueError")


def test_parked_work_is_found_by_number(org: Org) -> None:
    parked = _park_event(org)

    with org.begin() as conn:
        found = park.find(conn, parked_id=parked.parked_id)
        missing = park.find(conn, parked_id=parked.parked_id + 1)

    assert (found, missing) == ([parked], [])


def test_parked_event_is_not_done(org: Org) -> None:
    _park_event(org)

    org.world.drain("rescue")
    org.world.drain("score", now=LATER)

    assert not org.memories()


def test_replayed_event_is_done(org: Org) -> None:
    parked = _park_event(org)

    with org.begin(now=LATER) as conn:
        park.replay(conn, parked)
    org.world.drain("score", now=LATER)

    assert org.memories() == ["fact"]
    assert not _parked(org)


def test_replayed_event_has_all_its_attempts_again(org: Org) -> None:
    parked = _park_event(org)

    with org.begin(now=LATER) as conn:
        park.replay(conn, parked)

    assert org.column("SELECT attempts FROM inbox WHERE org_id = %(org)s") == [0]


def test_replayed_stream_is_done(org: Org) -> None:
    parked = _park_stream(org)

    with org.begin(now=LATER) as conn:
        park.replay(conn, parked)
    org.world.drain("consolidate", now=LATER)

    assert len(org.memories()) == 1
    assert not _parked(org)


def test_work_that_fails_again_is_parked_again(org: Org) -> None:
    first = _park_event(org)
    with org.begin(now=LATER) as conn:
        park.replay(conn, first)

    for minutes in range(SCORE.max_attempts):
        org.world.drain(poisoned(SCORE, lambda _: True), now=LATER + timedelta(minutes=minutes))

    (again,) = _parked(org)
    assert again.item_id == first.item_id
    assert again.parked_id != first.parked_id


@pytest.mark.parametrize("kind", ["event", "stream"])
def test_dropped_work_is_never_done(org: Org, kind: str) -> None:
    parked = _park_event(org) if kind == "event" else _park_stream(org)

    with org.begin(now=LATER) as conn:
        park.drop(conn, parked)
    org.world.drain("rescue")
    org.world.settle(now=LATER)

    assert not org.memories()
    assert not _parked(org)
    assert org.column("SELECT resolution FROM parked") == ["dropped"]
