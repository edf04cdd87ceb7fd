"""What people say to the passes that may ask a model, and what came of it."""

from typing import Any

from tests.world import Org, end, turn


def tell(org: Org, *said: str, session: str = "s") -> None:
    org.append(*(turn(one, session=session) for one in said), end(session))
    for name in ("score", "embed"):
        org.world.drain(name)


def runs(org: Org, name: str) -> list[tuple[Any, ...]]:
    rows = org.ask(
        "SELECT outcome, engine, reason FROM runs WHERE org_id = %(org)s AND pass = %(name)s "
        "ORDER BY id",
        name=name,
    )
    return [tuple(row) for row in rows]


def calls(org: Org, columns: str = "status") -> list[Any]:
    rows = org.ask(f"SELECT {columns} FROM llm_calls WHERE org_id = %(org)s ORDER BY id")  # noqa: S608
    return [row[0] if len(row) == 1 else tuple(row) for row in rows]
