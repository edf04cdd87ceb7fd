"""Legal holds: nothing under one is purged, from the moment it is placed."""

import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from nrem.errors import ConflictError
from nrem.store import engine, hold, life
from nrem.store.hold import Hold, HoldKind
from tests.world import NOW, Org, memory
from worker.changes import Changes
from worker.passes.expire import EXPIRE

YEAR = timedelta(days=365)


def _remember(org: Org, content: str = "fact", **given: Any) -> int:  # noqa: ANN401
    org.append(memory(content, importance=0.9, ttl_seconds=86_400, **given))
    org.world.drain("score")
    return int(org.memories("id")[-1])


def _place(org: Org, kind: str, ref_id: int | None = None) -> Hold:
    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        return hold.place(conn, org.number, HoldKind(kind), ref_id, reference="case 1")


def _lift(org: Org, one: Hold) -> None:
    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        hold.lift(conn, org.number, one.hold_id)


def _kept(org: Org) -> list[str]:
    with org.begin() as conn:
        found = {
            one.memory_id for one in life.lock(conn, org.number, org.memories("id")) if one.is_kept
        }
    rows = org.memories("id, content")
    return [content for number, content in rows if number in found]


def _population(org: Org) -> None:
    for agent in ("a", "b"):
        for user in ("ann", "bob"):
            _remember(org, f"{agent} {user}", agent=agent, user=user)


@pytest.mark.parametrize(
    ("kind", "number", "kept"),
    [
        ("org", "SELECT NULL::bigint", ["a ann", "a bob", "b ann", "b bob"]),
        ("agent", "SELECT id FROM agents WHERE external_id = 'a'", ["a ann", "a bob"]),
        ("user", "SELECT id FROM users WHERE external_id = 'ann'", ["a ann", "b ann"]),
        ("memory", "SELECT id FROM memories WHERE content = 'b bob'", ["b bob"]),
    ],
)
def test_hold_keeps_what_it_stands_over_and_nothing_else(
    org: Org, kind: str, number: str, kept: list[str]
) -> None:
    _population(org)
    (ref_id,) = org.column(number)

    one = _place(org, kind, ref_id)

    assert _kept(org) == kept
    org.world.do(
        "INSERT INTO org_work (org_id, pass, due_at) VALUES (%(o)s, 'expire', '-infinity') "
        "ON CONFLICT (org_id, pass) DO UPDATE SET due_at = '-infinity'",
        o=org.number,
    )
    org.world.drain("expire", now=NOW + YEAR)
    assert org.memories("content", where="state = 'forgotten'") == kept
    _lift(org, one)
    assert _kept(org) == []


def test_holds_of_another_org_keep_nothing(org: Org) -> None:
    _remember(org)

    _place(org.world.found("other"), "org")

    assert _kept(org) == []


@pytest.mark.parametrize("kind", ["org", "agent"])
def test_second_standing_hold_over_the_same_is_refused(org: Org, kind: str) -> None:
    _remember(org)
    ref_id = None if kind == "org" else org.column("SELECT id FROM agents")[0]
    first = _place(org, kind, ref_id)

    with pytest.raises(ConflictError) as refused:
        _place(org, kind, ref_id)

    assert refused.value.error_code == "hold_exists"
    _lift(org, first)
    assert _place(org, kind, ref_id).hold_id != first.hold_id


def test_lifting_again_keeps_the_instant(org: Org) -> None:
    one = _place(org, "org")
    _lift(org, one)

    with engine.begin(org.world.api, org_id=org.number, now=NOW + YEAR) as conn:
        again = hold.lift(conn, org.number, one.hold_id)

    assert again == replace(one, lifted_at=NOW)


def test_hold_waits_for_a_purge_that_is_under_way_and_stops_the_next(org: Org) -> None:
    _remember(org)
    _remember(org, "another")
    first, second = org.memories("id")
    org.world.do(
        "INSERT INTO org_work (org_id, pass, due_at) VALUES (%(o)s, 'expire', '-infinity') "
        "ON CONFLICT (org_id, pass) DO UPDATE SET due_at = '-infinity'",
        o=org.number,
    )
    placing = threading.Thread(target=_place, args=(org, "org"))
    waited: list[bool] = []

    def apply(*given: Any) -> Changes:  # noqa: ANN401
        placing.start()
        placing.join(0.3)
        waited.append(placing.is_alive())
        return EXPIRE.apply(*given)

    org.world.step(replace(EXPIRE, batch=1, apply=apply), now=NOW + YEAR)
    placing.join(20)

    assert waited == [True]
    org.world.drain("expire", now=NOW + YEAR)
    assert org.memories("id, state") == [(first, "purged"), (second, "forgotten")]
