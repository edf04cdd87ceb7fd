"""Forgetting on request: memories by their ids, or all of an agent. Soft, or for good.

Each may be sent again: what is forgotten already is not counted, and an unknown id changes nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection

from api import body
from api.deps import Forgetter, Nrem, actor, transaction
from api.openapi import takes
from api.state import State
from nrem import ids
from nrem.errors import InvalidError
from nrem.store import audit, closure, directory, engine, forget, forget_hard, hold, policy, vector
from nrem.store.audit import Actor, Entry, Operation
from nrem.store.forget import Scope
from nrem.store.forget_hard import Deleted, Means
from nrem.store.key import Caller
from nrem.wire.forget import MAX_IDS, ForgetAllIn, ForgetIn, ForgetOut

router = APIRouter(tags=["memories"])

# Memories and events per transaction of forget_all; with twice as many appends wait twice as long.
_BATCH: Final = 200
_EVENTS: Final = 1_000
_WOKEN: Final = ("consolidate", "embed", "promote")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """One request: by whom, whose memories, and how."""

    state: State
    caller: Caller
    actor: Actor
    is_hard: bool
    is_cascade: bool
    is_reason_given: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Done:
    """What one transaction did; numbers of memories."""

    forgotten: tuple[int, ...] = ()
    reached: frozenset[int] = frozenset()
    derived: frozenset[int] = frozenset()
    remade: tuple[int, ...] = ()


@router.post("/v1/memories/forget", openapi_extra=takes(ForgetIn))
async def forget_memories(
    request: Request, response: Response, state: Nrem, caller: Forgetter
) -> ForgetOut:
    """Forget memories of one agent, all or none; `hard` deletes them with all that came of them.

    A hard one is refused with 409 `legal_hold` where a hold stands. Without ids it is refused,
    unless the policy `forget.without_ids_forgets_agent` makes that mean all of the agent.
    """
    given = await body.take(request, response, ForgetIn)
    asked = _asked(request, state, caller, given, is_cascade=bool(given.cascade))
    named = given.ids
    if not named:
        await _require_opted_in(state, caller)
        return await _forget_all(asked, given.agent_id, given.user_id)
    numbers = [number for one in named if (number := ids.decode(ids.MEMORY, one)) is not None]
    async with transaction(state, caller) as run:
        done: _Done = await run(_forget, asked, given, numbers)
    _wake(asked)
    return _out(asked, done, numbers)


@router.post("/v1/memories/forget_all", openapi_extra=takes(ForgetAllIn))
async def forget_agent(
    request: Request, response: Response, state: Nrem, caller: Forgetter
) -> ForgetOut:
    """Forget everything of an agent, or what it knows about one user; done when it answers.

    It works in batches: after a fault, sending it again goes on. `hard` erases turns, too.
    """
    given = await body.take(request, response, ForgetAllIn)
    asked = _asked(request, state, caller, given, is_cascade=False)
    return await _forget_all(asked, given.agent_id, given.user_id)


def _asked(
    request: Request,
    state: State,
    caller: Caller,
    given: ForgetIn | ForgetAllIn,
    *,
    is_cascade: bool,
) -> _Asked:
    return _Asked(
        state=state,
        caller=caller,
        actor=actor(request, caller),
        is_hard=given.is_hard,
        is_cascade=is_cascade,
        is_reason_given=bool(given.reason),
    )


async def _require_opted_in(state: State, caller: Caller) -> None:
    def read(conn: Connection) -> bool:
        its = policy.timeline(conn, caller.org_id).at(engine.instant(conn))
        return its.forget.without_ids_forgets_agent

    async with transaction(state, caller) as run:
        is_meant: bool = await run(read)
    if not is_meant:
        raise InvalidError(
            "no memory is named",
            field="memory_ids",
            remedy="send memory_id or memory_ids, or call /v1/memories/forget_all",
        )


def _forget(conn: Connection, asked: _Asked, given: ForgetIn, numbers: Sequence[int]) -> _Done:
    scope = _scope(conn, asked.caller.org_id, given.agent_id, given.user_id)
    if scope is None:
        return _Done()
    org_id = asked.caller.org_id
    named = forget.find(conn, org_id, scope, numbers)
    reached = forget.reach(conn, org_id, scope, named) if named and asked.is_cascade else []
    return _carry_out(conn, asked, scope, named, reached=reached)


def _scope(conn: Connection, org_id: int, agent: str, user: str | None) -> Scope | None:
    """Whose memories are meant; None when nothing was ever stored for them."""
    agent_id = directory.find_agent(conn, org_id, agent)
    user_id = directory.find_user(conn, org_id, user) if user is not None else None
    if agent_id is None or (user is not None and user_id is None):
        return None
    return Scope(agent_id=agent_id, user_id=user_id)


def _carry_out(
    conn: Connection,
    asked: _Asked,
    scope: Scope,
    named: Sequence[int],
    *,
    reached: Sequence[int] = (),
    events: Sequence[int] = (),
    is_all: bool = False,
) -> _Done:
    """Forget memories and write the trail, in one transaction."""
    org_id, now = asked.caller.org_id, engine.instant(conn)
    timeline, wanted = policy.timeline(conn, org_id), {*named, *reached}
    if asked.is_hard:
        means = Means(digest=asked.state.digest, timeline=timeline, now=now, remakes=not is_all)
        deleted = forget_hard.hard(conn, org_id, wanted, events=events, means=means)
    else:
        rows = forget.soft(conn, org_id, wanted, timeline=timeline, now=now)
        deleted = Deleted(rows=rows, remade=())
    forgotten = tuple(row.id for row in deleted.rows)
    done = _Done(
        forgotten=forgotten,
        reached=frozenset(reached) & frozenset(forgotten),
        derived=frozenset(forgotten) - wanted,
        remade=deleted.remade,
    )
    entries = [_entry(asked, row, done, is_all=is_all) for row in deleted.rows]
    if events:
        entries.append(_entry_of_events(asked, scope, len(events)))
    audit.add(conn, org_id, entries)
    return done


def _entry(asked: _Asked, row: Any, done: _Done, *, is_all: bool) -> Entry:  # noqa: ANN401 - a row
    cause = "all" if is_all else "named"
    if row.id in done.reached:
        cause = "cascade"
    elif row.id in done.derived:
        cause = "derived"
    return Entry(
        operation=Operation.FORGET,
        actor=asked.actor,
        agent_id=row.agent_id,
        user_id=row.user_id,
        memory_id=row.id,
        memory_type=row.type,
        details={**_how(asked), "cause": cause},
    )


def _entry_of_events(asked: _Asked, scope: Scope, count: int) -> Entry:
    return Entry(
        operation=Operation.FORGET,
        actor=asked.actor,
        agent_id=scope.agent_id,
        user_id=scope.user_id,
        details={**_how(asked), "cause": "all", "events": count},
    )


def _how(asked: _Asked) -> dict[str, bool]:
    """What the caller's own reason was is not kept: it may hold anything."""
    return {
        "hard": asked.is_hard,
        "cascade": asked.is_cascade,
        "reason_given": asked.is_reason_given,
    }


async def _forget_all(asked: _Asked, agent: str, user: str | None) -> ForgetOut:
    """Batch after batch, memories first; what no memory came from goes last."""
    org_id = asked.caller.org_id
    async with transaction(asked.state, asked.caller) as run:
        scope: Scope | None = await run(_scope, org_id, agent, user)
    if scope is None:
        return _out(asked, _Done(), ())
    done = await _each(asked, lambda conn, after: _some_memories(conn, asked, scope, after))
    if asked.is_hard:
        done += await _each(asked, lambda conn, after: _some_events(conn, asked, scope, after))
    _wake(asked)
    whole = _Done(
        forgotten=tuple(number for one in done for number in one.forgotten),
        derived=frozenset().union(*(one.derived for one in done)),
    )
    return _out(asked, whole, ())


async def _each(
    asked: _Asked, batch: Callable[[Connection, int], tuple[int, _Done]]
) -> list[_Done]:
    """What each batch did; one answers the number to go on after, 0 at the end."""
    done: list[_Done] = []
    after = 0
    while True:
        async with transaction(asked.state, asked.caller) as run:
            after, its = await run(batch, after)
        done.append(its)
        if not after:
            return done


def _some_memories(conn: Connection, asked: _Asked, scope: Scope, after: int) -> tuple[int, _Done]:
    org_id = asked.caller.org_id
    _require_free(conn, asked, scope)
    numbers = forget.next_memories(
        conn, org_id, scope, after_id=after, is_hard=asked.is_hard, limit=_BATCH
    )
    if not numbers:
        return 0, _Done()
    return numbers[-1], _carry_out(conn, asked, scope, numbers, is_all=True)


def _some_events(conn: Connection, asked: _Asked, scope: Scope, after: int) -> tuple[int, _Done]:
    org_id = asked.caller.org_id
    _require_free(conn, asked, scope)
    vector.erase(conn, org_id, scope.agent_id, scope.user_id)
    events = forget.next_events(conn, org_id, scope, after_id=after, limit=_EVENTS)
    if not events:
        return 0, _Done()
    return events[-1], _carry_out(conn, asked, scope, (), events=events, is_all=True)


def _require_free(conn: Connection, asked: _Asked, scope: Scope) -> None:
    """Nothing is deleted while a hold stands over any of it: not even what comes first."""
    if asked.is_hard:
        hold.lock(conn, asked.caller.org_id)
        if forget.is_held(conn, asked.caller.org_id, scope):
            raise closure.under_hold()


def _wake(asked: _Asked) -> None:
    if asked.is_hard:
        asked.state.nudger.nudge(_WOKEN)


def _out(asked: _Asked, done: _Done, named: Iterable[int]) -> ForgetOut:
    """The ids named first, in the order named."""
    place = {number: at for at, number in enumerate(named)}
    ordered = sorted(done.forgotten, key=lambda one: (place.get(one, len(place)), one))
    return ForgetOut(
        deleted_count=len(ordered),
        hard_deleted=asked.is_hard,
        cascade_count=len(done.reached),
        memory_ids=[
            ids.encode(ids.MEMORY, one) for one in (ordered if place else ordered[:MAX_IDS])
        ],
        derived_count=len(done.derived),
        remade_ids=[ids.encode(ids.MEMORY, one) for one in done.remade],
    )
