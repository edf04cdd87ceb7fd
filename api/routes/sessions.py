"""Sessions: start one, read one, end one; the pass `consolidate` hands an ended one over.

Events open and end them just as well: here the same events are made. Their ids are the callers'
own and may hold a slash.
"""

import json
import secrets
from dataclasses import dataclass
from typing import Any, Final, Literal

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from api import body
from api.deps import EventWriter, Nrem, Reader, actor, transaction
from api.openapi import takes
from api.state import State
from nrem import ids
from nrem.errors import ConflictError, NotFoundError
from nrem.store import audit, engine, policy, view
from nrem.store.append import append
from nrem.store.audit import Actor, Entry, Operation
from nrem.store.event import SESSION_END, SESSION_START, NewEvent
from nrem.store.key import Caller
from nrem.store.work import Waits
from nrem.wire.session import ConsolidationOut, ObservingOut, SessionIn, SessionOut

router = APIRouter(tags=["sessions"])

_ATTEMPTS: Final = 3
_ID_BITS: Final = 62


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """An event that opens or ends a session, and how the trail calls it."""

    event: NewEvent
    operation: Operation
    actor: Actor


@router.post("/v1/sessions", openapi_extra=takes(SessionIn))
async def start_session(
    request: Request, response: Response, state: Nrem, caller: EventWriter
) -> SessionOut:
    """Open a session. One of this id that is open already is answered as it stands.

    With the header `Idempotency-Key`, sending the same again answers the same session.
    """
    given = await body.take(request, response, SessionIn)
    header = request.headers.get("idempotency-key")
    said = given.model_dump(mode="json", exclude_none=True)
    org = caller.org_id
    name = given.session_id or _new_id(state, org, header)
    event = NewEvent(
        kind=SESSION_START,
        agent=given.agent_id,
        user=given.user_id,
        session=name,
        body={"session_type": given.session_type, "metadata": given.metadata},
        body_hash=state.digest.of_json(said),
        idem_key=state.digest.of("session-start", org, header) if header else None,
    )
    step = _Step(event=event, operation=Operation.SESSION_START, actor=actor(request, caller))
    try:
        return _session_out(await _take(state, caller, step))
    except ConflictError as error:
        is_key = error.error_code == "idempotency_conflict"
        error.field = "Idempotency-Key" if is_key else "session_id"
        raise


def _new_id(state: State, org_id: int, header: str | None) -> str:
    """An id that nobody has; of a header's key always the same one."""
    if header is None:
        return ids.encode(ids.SESSION, secrets.randbits(_ID_BITS) or 1)
    drawn = int.from_bytes(state.digest.of("session-id", org_id, header))
    return ids.encode(ids.SESSION, drawn % (1 << _ID_BITS) or 1)


@router.get("/v1/sessions/{session_id:path}")
async def get_session(session_id: str, state: Nrem, caller: Reader) -> SessionOut:
    """Where a session stands: open, ended or consolidated, and whether it was observed."""
    return _session_out(await _read(state, caller, session_id))


async def _read(state: State, caller: Caller, session_id: str) -> Any:  # noqa: ANN401 - a row
    row = None
    if "\0" not in session_id:  # no text of the database holds one
        async with transaction(state, caller) as run:
            row = await run(view.read_session, caller.org_id, session_id)
    if row is None:
        raise NotFoundError("there is no such session")
    return row


@router.post("/v1/sessions/{session_id:path}/end")
async def end_session(
    session_id: str, request: Request, state: Nrem, caller: EventWriter
) -> SessionOut:
    """End a session; ending it again changes nothing and answers the same."""
    row = await _read(state, caller, session_id)
    if row.state == "open":
        event = NewEvent(
            kind=SESSION_END,
            agent=row.agent,
            user=row.user,
            session=session_id,
            body_hash=state.digest.of("session-end", session_id),
            idem_key=state.digest.of("session-end", caller.org_id, row.id),
        )
        step = _Step(event=event, operation=Operation.SESSION_END, actor=actor(request, caller))
        row = await _take(state, caller, step)
        state.nudger.nudge(("consolidate",))
    return _session_out(row)


async def _take(state: State, caller: Caller, step: _Step) -> Any:  # noqa: ANN401 - a row
    """Store the event; answers the session as it stands then."""
    for left in reversed(range(_ATTEMPTS)):
        try:
            async with transaction(state, caller) as run:
                return await run(_store, caller.org_id, step)
        except IntegrityError:
            # Another request stored the same key in between: the next look finds it.
            if not left:
                raise
    raise AssertionError  # the loop returns or raises


def _store(conn: Connection, org_id: int, step: _Step) -> Any:  # noqa: ANN401 - a row
    event, now = step.event, engine.instant(conn)
    name = event.session or ""
    is_start = event.kind == SESSION_START
    if is_start and event.idem_key is None:
        known = view.read_session(conn, org_id, name)
        if known is not None:
            return _still_open(known, event.agent)
    waits = Waits.of(policy.load(conn, org_id, now))
    (stored,) = append(conn, org_id, [event], now=now, waits=waits)
    row = view.read_session(conn, org_id, name)
    if not stored.is_duplicate:
        if is_start:
            _still_open(row, event.agent)
        entry = Entry(
            operation=step.operation,
            actor=step.actor,
            agent_id=row.agent_id,
            user_id=row.user_id,
            details=audit.of_session(row.id),
        )
        audit.add(conn, org_id, [entry])
    return row


def _still_open(row: Any, agent: str) -> Any:  # noqa: ANN401 - a row
    """The session, if it may be started by this agent.

    Raises: ConflictError when it has ended or belongs to another agent.
    """
    if row.agent != agent:
        raise ConflictError(
            "the session belongs to another agent",
            remedy="use a session id of its own for each agent",
        )
    if row.state != "open":
        raise ConflictError(
            "the session has ended", remedy="start a session with a new id", code="session_ended"
        )
    return row


def _session_out(row: Any) -> SessionOut:  # noqa: ANN401 - a row
    return SessionOut(
        session_id=row.external_id,
        id=row.external_id,
        agent_id=row.agent,
        user_id=row.user,
        session_type=row.session_type,
        state=row.state,
        started_at=row.started_at,
        ended_at=row.ended_at,
        turns=row.turns,
        memories=row.memories,
        observations=row.observations,
        # until the hand-over is done: how many it will be
        transitioned_count=row.working if row.transitioned is None else row.transitioned,
        consolidation=_consolidation(row),
        observing=_observing(row),
        run_id=ids.encode(ids.RUN, row.run_id) if row.run_id else None,
        metadata={
            name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            for name, value in row.metadata.items()
        },
    )


def _consolidation(row: Any) -> ConsolidationOut | None:  # noqa: ANN401 - a row
    """How the hand-over goes; an earlier session of the subject that fails holds it up, too."""
    if row.state == "open":
        return None
    if row.state == "consolidated":
        return ConsolidationOut(state="done", reason=None)
    if row.is_undone:
        return ConsolidationOut(state="undone", reason=None)
    state, reason = _delay(row.parked_reason, row.failed_reason, is_parked=row.is_parked)
    return ConsolidationOut(state=state, reason=reason)


def _observing(row: Any) -> ObservingOut | None:  # noqa: ANN401 - a row
    """How it is observed; an earlier turn of the stream that cannot be read holds it up, too."""
    if row.state == "open":
        return None
    if row.is_observed:
        return ObservingOut(state="done", reason=None)
    state, reason = _delay(
        row.observing_parked_reason,
        row.observing_failed_reason,
        is_parked=row.is_observing_parked,
    )
    return ObservingOut(state=state, reason=reason)


def _delay(
    parked: str | None, failed: str | None, *, is_parked: bool
) -> tuple[Literal["parked", "failed", "waiting"], str | None]:
    """What is between a pass and the session, with its code."""
    if is_parked:
        return "parked", parked
    return ("failed", failed) if failed else ("waiting", None)
