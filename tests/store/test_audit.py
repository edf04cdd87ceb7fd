"""The trail: written with what it tells about, found by what it is about, and gone with its org."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy.exc import ProgrammingError

from nrem.store import audit, engine
from nrem.store.audit import Actor, Entry, Filters, Operation, Written
from tests.world import NOW, Org, World, memory


def write(org: Org, *entries: Entry) -> None:
    with engine.begin(org.world.api, org_id=org.number, now=NOW) as conn:
        audit.add(conn, org.number, entries)


def find(org: Org, *, offset: int = 0, limit: int = 100, **filters: Any) -> list[Written]:  # noqa: ANN401
    return look(org, offset=offset, limit=limit, **filters)[0]


def look(
    org: Org,
    *,
    offset: int = 0,
    limit: int = 100,
    **filters: Any,  # noqa: ANN401
) -> tuple[list[Written], int]:
    with engine.begin(org.world.api, org_id=org.number) as conn:
        return audit.find(conn, org.number, Filters(**filters), offset=offset, limit=limit)


def stores(*memory_ids: int) -> Sequence[Entry]:
    return [Entry(operation=Operation.STORE, memory_id=one) for one in memory_ids]


def test_entry_is_read_as_it_was_written(org: Org) -> None:
    org.append(memory("fact", agent="a", user="u"))
    (agent,) = org.column("SELECT id FROM agents WHERE org_id = %(org)s")
    (user,) = org.column("SELECT id FROM users WHERE org_id = %(org)s")
    write(
        org,
        Entry(
            operation=Operation.RECALL,
            actor=Actor(key_row_id=7, address="2001:db8::1"),
            run_id=5,
            agent_id=agent,
            user_id=user,
            memory_id=3,
            memory_type="semantic",
            memory_ids=(3, 4),
            details={"count": 2},
        ),
    )

    (found,) = find(org)

    assert (found.operation, found.at) == ("recall", NOW)
    assert (found.key_row_id, found.address, found.run_id) == (7, "2001:db8::1", 5)
    assert (found.agent, found.user) == ("a", "u")
    assert (found.memory_id, found.memory_type, found.memory_ids) == (3, "semantic", (3, 4))
    assert found.details == {"count": 2}


def test_newest_entry_comes_first_and_ids_ascend(org: Org) -> None:
    for one in (1, 2, 3):
        write(org, *stores(one))

    found = find(org)

    assert [one.memory_id for one in found] == [3, 2, 1]
    assert [one.entry_id for one in found] == sorted((one.entry_id for one in found), reverse=True)


def test_total_counts_what_the_page_leaves_out(org: Org) -> None:
    write(org, *stores(1, 2, 3, 4, 5))

    page, total = look(org, offset=2, limit=2)

    assert ([one.memory_id for one in page], total) == ([3, 2], 5)


def test_entry_is_found_by_each_thing_it_is_about(org: Org) -> None:
    write(
        org,
        Entry(operation=Operation.STORE, agent_id=1, user_id=2, memory_id=3),
        Entry(operation=Operation.RECALL, agent_id=4, memory_ids=(3, 5)),
    )

    asked: list[tuple[dict[str, Any], list[str]]] = [
        ({"operation": "store"}, ["store"]),
        ({"agent_id": 4}, ["recall"]),
        ({"user_id": 2}, ["store"]),
        ({"memory_id": 3}, ["recall", "store"]),
        ({"memory_id": 5}, ["recall"]),
        ({"memory_id": 6}, []),
    ]
    for filters, expected in asked:
        assert [one.operation for one in find(org, **filters)] == expected, filters


def test_trail_of_another_org_is_not_seen(org: Org, world: World) -> None:
    other = world.found("other")
    write(other, *stores(1))

    assert look(org) == ([], 0)


def test_entry_of_a_transaction_that_fails_is_not_there(org: Org) -> None:
    with org.world.api.connect() as conn:
        engine.enter(conn, org_id=org.number)
        audit.add(conn, org.number, stores(1))
        conn.rollback()

    assert find(org) == []


def test_entry_outlives_the_agent_it_names(org: Org) -> None:
    write(org, Entry(operation=Operation.FORGET, agent_id=99, user_id=98, memory_id=97))

    (found,) = find(org)

    assert (found.agent, found.user, found.memory_id) == (None, None, 97)


@pytest.mark.parametrize("role", ["api", "worker"])
@pytest.mark.parametrize("order", ["UPDATE audit SET operation = 'x'", "DELETE FROM audit"])
def test_nobody_who_runs_changes_the_trail(org: Org, role: str, order: str) -> None:
    write(org, *stores(1))
    pool = getattr(org.world, role)

    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        engine.begin(pool, org_id=org.number) as conn,
    ):
        conn.exec_driver_sql(order)


def test_org_with_a_trail_can_be_deleted(org: Org, world: World) -> None:
    write(org, *stores(1, 2))
    with world.superuser.begin() as conn:
        conn.exec_driver_sql("SET LOCAL ROLE nrem_owner")
        conn.exec_driver_sql(f"SET LOCAL app.org_id = '{org.number}'")
        conn.exec_driver_sql("DELETE FROM orgs WHERE id = %(org)s", {"org": org.number})

    assert org.ask("SELECT id FROM orgs WHERE id = %(org)s") == []
    assert org.ask("SELECT id FROM audit WHERE org_id = %(org)s") == []
