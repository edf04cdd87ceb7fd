"""Marks of idempotency keys: written with what they stand for, and good for 24 hours."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from nrem.store import engine, replay
from tests.world import NOW, Org

DAY = timedelta(hours=24)
MOMENT = timedelta(seconds=1)


def _write(conn: Connection, org: Org) -> None:
    conn.exec_driver_sql(
        "INSERT INTO agents (org_id, external_id) VALUES (%(org)s, gen_random_uuid()::text)",
        {"org": org.number},
    )


def _marked(org: Org, body: bytes = b"body", *, after: timedelta = timedelta()) -> bool:
    with engine.begin(org.world.api, org_id=org.number, now=NOW + after) as conn:
        _write(conn, org)
        return replay.add(conn, org.number, b"key", body)


def _found(org: Org, *, after: timedelta) -> object:
    with engine.begin(org.world.api, org_id=org.number, now=NOW + after) as conn:
        return replay.find(conn, org.number, b"key")


def test_a_transaction_that_wrote_nothing_is_not_marked(org: Org) -> None:
    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        is_marked = replay.add(conn, org.number, b"key", b"body")

    assert not is_marked
    assert not org.column("SELECT 1 FROM replays WHERE org_id = %(org)s")


def test_a_key_is_marked_once(org: Org) -> None:
    assert _marked(org)
    assert not _marked(org, b"other")

    assert org.column("SELECT body FROM replays WHERE org_id = %(org)s") == [b"body"]


@pytest.mark.parametrize(("after", "is_known"), [(DAY - MOMENT, True), (DAY, False)])
def test_a_mark_is_good_for_a_day(org: Org, after: timedelta, is_known: bool) -> None:  # noqa: FBT001
    assert _marked(org)

    assert (_found(org, after=after) is not None) == is_known
    assert _marked(org, b"other", after=after) != is_known


def test_what_was_made_is_named(org: Org) -> None:
    assert _marked(org)

    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        replay.name(conn, org.number, b"key", 7)

    assert org.column("SELECT made FROM replays WHERE org_id = %(org)s") == [7]


@pytest.mark.parametrize(("after", "left"), [(DAY - MOMENT, 1), (DAY, 0)])
def test_old_marks_are_deleted(org: Org, after: timedelta, left: int) -> None:
    assert _marked(org)

    with engine.begin(org.world.api, org_id=org.number, now=NOW + after) as conn:
        replay.prune(conn, org.number)

    assert len(org.column("SELECT 1 FROM replays WHERE org_id = %(org)s")) == left
