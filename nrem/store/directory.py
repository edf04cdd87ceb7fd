"""The directory: ids that callers chose become row numbers, here and nowhere else.

Each `ensure` looks first, adds what is missing in key order, and looks again: under READ COMMITTED
the second look sees a row that another transaction added in between.
"""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Connection

from nrem.errors import ConflictError, NotFoundError
from nrem.store.statement import statement

NOBODY = 0
NO_THREAD = 0

_Rows = dict[Any, int]


def _ensure(
    conn: Connection,
    find: Callable[[list[Any]], _Rows],
    add: str,
    keys: Iterable[Any],
    parameters: Callable[[list[Any]], dict[str, Any]],
) -> _Rows:
    wanted = sorted(set(keys))
    found = find(wanted) if wanted else {}
    missing = [key for key in wanted if key not in found]
    if missing:
        conn.execute(statement(add), parameters(missing))
        found |= find(missing)
    return found


def _named(conn: Connection, org_id: int, find: str, add: str, names: Iterable[str]) -> _Rows:
    def parameters(keys: list[str]) -> dict[str, Any]:
        return {"org_id": org_id, "names": keys}

    def look(keys: list[str]) -> _Rows:
        return {r.external_id: r.id for r in conn.execute(statement(find), parameters(keys))}

    return _ensure(conn, look, add, names, parameters)


def ensure_agents(conn: Connection, org_id: int, names: Iterable[str]) -> dict[str, int]:
    """Row numbers of agents, entering those that are new."""
    return _named(conn, org_id, "agent_find", "agent_add", names)


def ensure_users(conn: Connection, org_id: int, names: Iterable[str]) -> dict[str, int]:
    """Row numbers of users, entering those that are new."""
    return _named(conn, org_id, "user_find", "user_add", names)


def ensure_subjects(
    conn: Connection, org_id: int, pairs: Iterable[tuple[int, int]]
) -> dict[tuple[int, int], int]:
    """Row numbers of (agent, user or NOBODY) pairs, entering those that are new."""

    def parameters(keys: list[tuple[int, int]]) -> dict[str, Any]:
        agents, users = zip(*keys, strict=True)
        return {"org_id": org_id, "agent_ids": list(agents), "user_ids": list(users)}

    def look(keys: list[tuple[int, int]]) -> _Rows:
        rows = conn.execute(statement("subject_find"), parameters(keys))
        return {(agent, user): number for agent, user, number in rows}

    return _ensure(conn, look, "subject_add", pairs, parameters)


def ensure_subject(conn: Connection, org_id: int, agent: str, user: str) -> int:
    """The row number of one agent and user, entering what is new."""
    agent_id = ensure_agents(conn, org_id, [agent])[agent]
    user_id = ensure_users(conn, org_id, [user])[user]
    return ensure_subjects(conn, org_id, [(agent_id, user_id)])[agent_id, user_id]


def ensure_threads(
    conn: Connection, org_id: int, pairs: Iterable[tuple[int, str]]
) -> dict[tuple[int, str], int]:
    """Row numbers of (agent, thread id) pairs, entering those that are new."""

    def parameters(keys: list[tuple[int, str]]) -> dict[str, Any]:
        agents, names = zip(*keys, strict=True)
        return {"org_id": org_id, "agent_ids": list(agents), "names": list(names)}

    def look(keys: list[tuple[int, str]]) -> _Rows:
        rows = conn.execute(statement("thread_find"), parameters(keys))
        return {(agent, name): number for agent, name, number in rows}

    return _ensure(conn, look, "thread_add", pairs, parameters)


def find_agent(conn: Connection, org_id: int, name: str) -> int | None:
    """The agent's row number, or None when nothing was ever stored for it."""
    rows = conn.execute(statement("agent_find"), {"org_id": org_id, "names": [name]}).all()
    return rows[0].id if rows else None


def find_user(conn: Connection, org_id: int, name: str) -> int | None:
    """The user's row number, or None when nothing was ever stored for them."""
    rows = conn.execute(statement("user_find"), {"org_id": org_id, "names": [name]}).all()
    return rows[0].id if rows else None


def find_subject(conn: Connection, org_id: int, agent: str, user: str | None) -> int | None:
    """The row number of the pair, or None when nothing was ever stored for it."""
    agent_id = find_agent(conn, org_id, agent)
    user_id = NOBODY if user is None else find_user(conn, org_id, user)
    if agent_id is None or user_id is None:
        return None
    wanted = {"org_id": org_id, "agent_ids": [agent_id], "user_ids": [user_id]}
    row = conn.execute(statement("subject_find"), wanted).one_or_none()
    return row.id if row else None


def find_session(conn: Connection, org_id: int, name: str) -> int | None:
    """The session's row number, or None when no event ever named it."""
    return conn.execute(
        statement("session_find"), {"org_id": org_id, "name": name}
    ).scalar_one_or_none()


def rename_agent(conn: Connection, org_id: int, old: str, new: str) -> int:
    """Give an agent another id; answers its row number, which all it has names it by.

    Raises: NotFoundError when there is no such agent, ConflictError when the new id is taken.
    """
    if find_agent(conn, org_id, new) is not None and old != new:
        raise ConflictError(
            "an agent has this id already",
            field="new",
            remedy="choose an id that no agent has: GET /v1/agents",
            code="agent_exists",
        )
    given = {"org_id": org_id, "old": old, "new": new}
    number: int | None = conn.execute(statement("agent_rename"), given).scalar_one_or_none()
    if number is None:
        raise NotFoundError("there is no such agent", field="old")
    return number


def list_agents(conn: Connection, org_id: int) -> list[str]:
    """The org's agents by the caller's ids, in their order."""
    return list(conn.execute(statement("agent_list"), {"org_id": org_id}).scalars())
