"""Connections that orgs share by turns: whatever ends a transaction, nothing of it stays behind."""

import asyncio
import random
import threading
from collections import Counter

import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from nrem.store import engine
from tests.world import Org, World

SEED = 20260302
ROUNDS = 150
# One after the other on the same connection, each asks who it is and what it sees.
_SEES = "SELECT DISTINCT org_id FROM memories"
_BRINGS = "SELECT nullif(current_setting('app.org_id', true), '')"
_LOOKS_LONG = "SELECT org_id FROM (SELECT DISTINCT org_id FROM memories) AS m, pg_sleep(0.02)"


def _look(conn: Connection, order: str, seen: Counter[object], whose: object) -> None:
    for row in conn.exec_driver_sql(order):
        seen[whose, row[0]] += 1


def _foreign(seen: Counter[object]) -> list[object]:
    return [pair for pair in seen if pair[0] != pair[1]]  # type: ignore[index]  # pairs


def _turn(pool: Engine, org: Org, dice: random.Random, seen: Counter[object]) -> None:
    """One transaction for an org that ends in one of the ways in which one may end."""
    end = dice.choice(["commit", "error", "timeout", "cancel", "kill"])
    with engine.begin(pool, org_id=org.number) as conn:
        _look(conn, _SEES, seen, org.number)
        pid = conn.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        if end == "error":
            conn.exec_driver_sql("SELECT 1 / 0")
        elif end == "timeout":
            conn.exec_driver_sql("SET LOCAL statement_timeout = '1ms'")
            conn.exec_driver_sql("SELECT pg_sleep(1)")
        elif end in ("cancel", "kill"):
            function = {"cancel": "pg_cancel_backend", "kill": "pg_terminate_backend"}[end]
            order = f"SELECT {function}({pid})"
            killer = threading.Thread(target=org.world.ask, args=(order,))
            killer.start()
            try:
                conn.exec_driver_sql("SELECT pg_sleep(1)")
            finally:
                killer.join()


def test_transactions_that_end_badly_leave_no_org_behind(
    world: World, orgs: tuple[Org, Org]
) -> None:
    seen: Counter[object] = Counter()
    ended: Counter[str] = Counter()
    pool = engine.sync_engine(world.database.api_url, engine.API, pool_size=2)

    def work(number: int) -> None:
        dice = random.Random(SEED + number)  # noqa: S311 - a repeatable walk
        for _ in range(ROUNDS // 4):
            try:
                _turn(pool, orgs[number % 2], dice, seen)
            except DBAPIError as error:
                ended[str(getattr(error.orig, "sqlstate", None))] += 1
            # Whoever comes next without an org finds none.
            with pool.connect() as conn:
                _look(conn, _BRINGS, seen, None)
                _look(conn, _SEES, seen, None)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pool.dispose()

    assert _foreign(seen) == []
    assert {(org.number, org.number) for org in orgs} <= set(seen)
    # division by zero, a cancelled statement, a terminated connection
    assert {"22012", "57014", "57P01"} <= set(ended)


def test_requests_that_are_cancelled_leave_no_org_behind(
    world: World, orgs: tuple[Org, Org]
) -> None:
    seen: Counter[object] = Counter()
    cancelled = asyncio.run(_cancel_many(world, orgs, seen))

    assert _foreign(seen) == []
    assert {(org.number, org.number) for org in orgs} <= set(seen)
    assert cancelled >= ROUNDS // 4


async def _cancel_many(world: World, orgs: tuple[Org, Org], seen: Counter[object]) -> int:
    """Many requests at once on two connections, half of them given up at some moment."""
    dice = random.Random(SEED)  # noqa: S311 - a repeatable walk
    pool = engine.async_engine(world.database.api_url, engine.API, pool_size=2)

    async def ask(org: Org | None) -> None:
        number = org.number if org else None
        async with engine.begin_async(pool, org_id=number) as conn:
            await conn.run_sync(_look, _LOOKS_LONG, seen, number)

    async def one(org: Org | None, patience: float | None) -> int:
        try:
            await asyncio.wait_for(ask(org), patience)
        except TimeoutError:
            return 1
        except PoolTimeout:
            return 0
        return 0

    async def bring() -> None:
        async with pool.connect() as conn:
            await conn.run_sync(_look, _BRINGS, seen, None)
            await conn.run_sync(_look, _SEES, seen, None)

    total = 0
    for _ in range(ROUNDS // 10):
        asked = [
            one(dice.choice([*orgs, None]), dice.choice([None, dice.uniform(0, 0.03)]))
            for _ in range(10)
        ]
        total += sum(await asyncio.gather(*asked))
        await asyncio.gather(bring(), bring())
    await pool.dispose()
    return total


@pytest.mark.parametrize("is_local", [True, False])
def test_setting_that_outlives_its_transaction_would_be_found(
    world: World, orgs: tuple[Org, Org], *, is_local: bool
) -> None:
    seen: Counter[object] = Counter()
    pool = engine.sync_engine(world.database.api_url, engine.API, pool_size=1)
    with pool.begin() as conn:
        conn.exec_driver_sql(
            "SELECT set_config('app.org_id', %(org)s, %(local)s)",
            {"org": str(orgs[0].number), "local": is_local},
        )

    with pool.connect() as conn:
        _look(conn, _BRINGS, seen, None)
        _look(conn, _SEES, seen, None)
    pool.dispose()

    assert (_foreign(seen) == []) is is_local
