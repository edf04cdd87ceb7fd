"""Conversations and their turns: memories in an order."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Connection

from api import body, related
from api.deps import Nrem, Reader, Writer, actor, transaction
from api.openapi import takes
from nrem import ids
from nrem.errors import NotFoundError
from nrem.store import audit, conversation, engine, policy, view
from nrem.store.audit import Actor, Entry, Operation
from nrem.store.conversation import Conversation, NewConversation, Turn
from nrem.wire.conversation import (
    ConversationIn,
    ConversationOut,
    TurnAdded,
    TurnIn,
    TurnOut,
    TurnQuery,
    TurnsOut,
)

router = APIRouter(tags=["conversations"])


@router.post("/v1/conversations", openapi_extra=takes(ConversationIn))
async def create_conversation(
    request: Request, response: Response, state: Nrem, caller: Writer
) -> ConversationOut:
    """Open a conversation.

    With the header `Idempotency-Key`, sending the same again answers the same conversation.
    """
    given = await body.take(request, response, ConversationIn)
    header = request.headers.get("idempotency-key")
    new = NewConversation(
        agent=given.agent_id,
        user=given.user_id,
        title=given.title,
        summary_cadence=given.summary_cadence,
        metadata=given.metadata,
        idem_key=state.digest.of("conversation-key", caller.org_id, header) if header else None,
        body_hash=state.digest.of_json(given.model_dump(mode="json")) if header else None,
    )
    async with transaction(state, caller) as run:
        made: Conversation = await run(_create, caller.org_id, new, actor(request, caller))
    return _conversation_out(made)


def _create(conn: Connection, org_id: int, new: NewConversation, who: Actor) -> Conversation:
    number, is_new = conversation.add(conn, org_id, new)
    made = conversation.read(conn, org_id, number)
    if made is None or made.is_deleted:
        raise _missing()
    if is_new:
        audit.add(conn, org_id, [_entry(Operation.CONVERSATION_CREATE, who, made)])
    return made


@router.get("/v1/conversations/{conversation_id}")
async def get_conversation(conversation_id: str, state: Nrem, caller: Reader) -> ConversationOut:
    """One conversation; a deleted one is not found."""
    number = _number(conversation_id)
    async with transaction(state, caller) as run:
        found: Conversation = await run(_found, caller.org_id, number)
    return _conversation_out(found)


@router.post("/v1/conversations/{conversation_id}/turns", openapi_extra=takes(TurnIn))
async def add_turn(
    conversation_id: str, request: Request, response: Response, state: Nrem, caller: Writer
) -> TurnAdded:
    """Make a memory the next turn; one that is a turn of it already keeps its place and role."""
    number = _number(conversation_id)
    given = await body.take(request, response, TurnIn)
    async with transaction(state, caller) as run:
        added: TurnAdded = await run(
            _add_turn, caller.org_id, number, given, actor(request, caller)
        )
    return added


def _add_turn(conn: Connection, org_id: int, number: int, given: TurnIn, who: Actor) -> TurnAdded:
    if not conversation.lock(conn, org_id, number):
        raise _missing()
    memory_id = related.require(conn, org_id, [given.memory_id])[given.memory_id]
    index, is_new = conversation.add_turn(conn, org_id, number, memory_id, given.turn_role)
    found = _found(conn, org_id, number)
    if is_new:
        details = {"turn_index": index, "turn_role": given.turn_role}
        entry = _entry(Operation.TURN_ADD, who, found, memory_id=memory_id, **details)
        audit.add(conn, org_id, [entry])
    return TurnAdded(turn_index=index, needs_summary=found.needs_summary)


@router.get("/v1/conversations/{conversation_id}/turns")
async def list_turns(
    conversation_id: str, state: Nrem, caller: Reader, asked: Annotated[TurnQuery, Query()]
) -> TurnsOut:
    """Turns in their order, after `after_turn`; of a forgotten memory the content is empty."""
    number = _number(conversation_id)
    async with transaction(state, caller) as run:
        turns, total = await run(_turns, caller.org_id, number, asked)
    return TurnsOut(turns=turns, total=total, conversation_id=conversation_id)


def _turns(
    conn: Connection, org_id: int, number: int, asked: TurnQuery
) -> tuple[list[TurnOut], int]:
    _found(conn, org_id, number)
    total = conversation.count_turns(conn, org_id, number)
    page = conversation.turns(conn, org_id, number, after_turn=asked.after_turn, limit=asked.limit)
    timeline, now = policy.timeline(conn, org_id), engine.instant(conn)
    numbers = [one.memory_id for one in page]
    found = view.read_memories(conn, org_id, numbers, timeline=timeline, now=now)
    said = {one.row.id: one.row.content for one in found if one.facts.state not in related.GONE}
    return [_turn_out(one, said.get(one.memory_id)) for one in page], total


@router.delete("/v1/conversations/{conversation_id}", status_code=204)
async def delete_conversation(
    conversation_id: str, request: Request, state: Nrem, caller: Writer
) -> None:
    """Delete a conversation; its memories stay. Deleting it again changes nothing."""
    number = _number(conversation_id)
    async with transaction(state, caller) as run:
        await run(_delete, caller.org_id, number, actor(request, caller))


def _delete(conn: Connection, org_id: int, number: int, who: Actor) -> None:
    found = conversation.read(conn, org_id, number)
    if found is None:
        raise _missing()
    if conversation.delete(conn, org_id, number):
        audit.add(conn, org_id, [_entry(Operation.CONVERSATION_DELETE, who, found)])


def _number(conversation_id: str) -> int:
    number = ids.decode(ids.CONVERSATION, conversation_id)
    if number is None:
        raise _missing()
    return number


def _found(conn: Connection, org_id: int, number: int) -> Conversation:
    found = conversation.read(conn, org_id, number)
    if found is None or found.is_deleted:
        raise _missing()
    return found


def _missing() -> NotFoundError:
    return NotFoundError("there is no such conversation")


def _entry(
    operation: Operation,
    who: Actor,
    its: Conversation,
    *,
    memory_id: int | None = None,
    **details: Any,  # noqa: ANN401 - JSON
) -> Entry:
    return Entry(
        operation=operation,
        actor=who,
        agent_id=its.agent_id,
        user_id=its.user_id,
        memory_id=memory_id,
        details={"conversation_id": ids.encode(ids.CONVERSATION, its.conversation_id), **details},
    )


def _conversation_out(one: Conversation) -> ConversationOut:
    wire = ids.encode(ids.CONVERSATION, one.conversation_id)
    return ConversationOut(
        id=wire,
        conversation_id=wire,
        agent_id=one.agent,
        user_id=one.user,
        title=one.title,
        summary_cadence=one.summary_cadence,
        turn_count=one.turn_count,
        last_summary_turn=one.last_summary_turn,
        metadata=dict(one.metadata),
        created_at=one.created_at,
        updated_at=one.updated_at,
    )


def _turn_out(one: Turn, content: str | None) -> TurnOut:
    return TurnOut(
        turn_index=one.turn_index,
        memory_id=ids.encode(ids.MEMORY, one.memory_id),
        turn_role=one.role,
        content=content or "",
        forgotten=content is None,
        created_at=one.created_at,
    )
