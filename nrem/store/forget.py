"""Forgetting on request: which memories are meant, and the state that keeps them for history only.

`forget_hard` deletes them for good.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from nrem.errors import InvalidError
from nrem.policy.change import earliest
from nrem.policy.decay import next_crossing
from nrem.policy.life import Passed
from nrem.policy.model import Reason, State
from nrem.policy.timeline import Timeline
from nrem.store import life
from nrem.store.life import Write
from nrem.store.statement import statement

# Memories that one request may reach over edges. At twice as many a hard one holds its locks for
# seconds; whoever wants more names them.
MOST_REACHED: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose memories are meant, as row numbers; None: those of every user of the agent."""

    agent_id: int
    user_id: int | None = None


def _key(scope: Scope) -> dict[str, int | None]:
    return {"agent_id": scope.agent_id, "user_id": scope.user_id}


def find(conn: Connection, org_id: int, scope: Scope, ids: Iterable[int]) -> list[int]:
    """Those of the memories that are in scope, in whatever state."""
    given = {"org_id": org_id, **_key(scope), "memory_ids": sorted(set(ids))}
    return list(conn.execute(statement("forget_find"), given).scalars())


def reach(conn: Connection, org_id: int, scope: Scope, ids: Sequence[int]) -> list[int]:
    """The memories in scope that edges of callers lead to from these, but for these themselves.

    Raises: InvalidError when they are more than one request may reach.
    """
    given = {
        "org_id": org_id,
        **_key(scope),
        "memory_ids": list(ids),
        "limit": len(ids) + MOST_REACHED + 1,
    }
    found = set(conn.execute(statement("forget_reach"), given).scalars()) - set(ids)
    if len(found) > MOST_REACHED:
        raise InvalidError(
            f"edges lead from here to more than {MOST_REACHED} memories",
            field="cascade",
            remedy="name the memories under memory_ids, without cascade",
        )
    return sorted(found)


def is_held(conn: Connection, org_id: int, scope: Scope) -> bool:
    """Whether a legal hold stands over anything in the scope."""
    given = {"org_id": org_id, **_key(scope)}
    return bool(conn.execute(statement("forget_held"), given).scalar_one())


def next_memories(
    conn: Connection, org_id: int, scope: Scope, *, after_id: int, is_hard: bool, limit: int
) -> list[int]:
    """The next memories in scope to forget, by number; forgotten ones only to be deleted."""
    given = {
        "org_id": org_id,
        **_key(scope),
        "after_id": after_id,
        "is_hard": is_hard,
        "limit": limit,
    }
    return list(conn.execute(statement("forget_next"), given).scalars())


def next_events(
    conn: Connection, org_id: int, scope: Scope, *, after_id: int, limit: int
) -> list[int]:
    """The next events in scope in which something was said that is not erased, by number."""
    given = {
        "org_id": org_id,
        **_key(scope),
        "after_id": after_id,
        "limit": limit,
    }
    return list(conn.execute(statement("forget_next_events"), given).scalars())


def soft(
    conn: Connection, org_id: int, ids: Iterable[int], *, timeline: Timeline, now: datetime
) -> tuple[Any, ...]:
    """Forget memories, after what time and use have made of them; answers those that changed.

    The rows have id, agent_id, user_id and type.
    """
    writes = [life.settled(held, timeline, now) for held in life.lock(conn, org_id, ids)]
    life.write(conn, org_id, writes)
    forgotten = [_forgotten(one, timeline, now) for one in writes if _is_kept(one)]
    if not forgotten:
        return ()
    numbers = [one.held.memory_id for one in forgotten]
    coming = [one.settled.upcoming for one in forgotten]
    told = [(one.held.memory_id, one.settled.passed[-1]) for one in forgotten]
    life.tell(conn, org_id, told)
    conn.execute(
        statement("forget_write"),
        {
            "org_id": org_id,
            "memory_ids": numbers,
            "instants": [one.settled.facts.state_since for one in forgotten],
            "due_at": [crossing.at if crossing else None for crossing in coming],
        },
    )
    given = {"org_id": org_id, "memory_ids": numbers}
    return tuple(conn.execute(statement("forget_about"), given))


def _is_kept(one: Write) -> bool:
    return one.settled.facts.state in {State.LIVE, State.ARCHIVED}


def _forgotten(one: Write, timeline: Timeline, now: datetime) -> Write:
    facts = one.settled.facts
    at = earliest(facts, now)
    after = replace(
        facts, state=State.FORGOTTEN, state_since=at, facts_since=at, reason=Reason.REQUESTED
    )
    passed = Passed(at, facts.state, State.FORGOTTEN, Reason.REQUESTED)
    settled = replace(
        one.settled,
        facts=after,
        passed=(passed,),
        upcoming=next_crossing(after, timeline.at(at), at),
    )
    return replace(one, settled=settled)
