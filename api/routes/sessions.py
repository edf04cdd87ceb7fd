"""Sessions: read one, end one. Events open them; the pass `consolidate` hands them over.

Their ids are the callers' own and may hold a slash.
"""

from typing import Any

from fastapi import APIRouter

from api.deps import EventWriter, Nrem, Reader, transaction
from api.state import State
from nrem import ids
from nrem.errors import NotFoundError
from nrem.store import view
from nrem.store.event import SESSION_END, NewEvent
from nrem.store.key import Caller
from nrem.wire.answer import SessionOut

router = APIRouter(tags=["sessions"])


@router.get("/v1/sessions/{session_id:path}")
async def get_session(session_id: str, state: Nrem, caller: Reader) -> SessionOut:
    """Where a session stands: open, ended (waiting for its consolidation), or consolidated."""
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
async def end_session(session_id: str, state: Nrem, caller: EventWriter) -> SessionOut:
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
        await state.flusher.submit(caller.org_id, [event])
        row = await _read(state, caller, session_id)
    return _session_out(row)


def _session_out(row: Any) -> SessionOut:  # noqa: ANN401 - a row
    return SessionOut(
        session_id=row.external_id,
        agent_id=row.agent,
        user_id=row.user,
        state=row.state,
        started_at=row.started_at,
        ended_at=row.ended_at,
        turns=row.turns,
        memories=row.memories,
        # until the hand-over is done: how many it will be
        transitioned_count=row.working if row.transitioned is None else row.transitioned,
        run_id=ids.encode(ids.RUN, row.run_id) if row.run_id else None,
        metadata=row.metadata,
    )
