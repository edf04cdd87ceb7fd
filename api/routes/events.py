"""POST /v1/events: the write API. GET /v1/events/{id}: what became of one."""

import json
from typing import Any, Final

from fastapi import APIRouter, Request
from pydantic import TypeAdapter

from api import body
from api.deps import EventWriter, Nrem, Reader, transaction
from api.state import State
from nrem import ids
from nrem.errors import InvalidError, NotFoundError, RejectedError
from nrem.policy.text import token_estimate
from nrem.store import access, view
from nrem.store.event import ACCESS, NewEvent
from nrem.store.key import Caller
from nrem.wire.answer import EventOut, EventsOut
from nrem.wire.field import MAX_EVENT_BYTES
from nrem.wire.request import EVENT_MODELS, AccessEventIn, EventBatchIn, EventIn

router = APIRouter(tags=["events"])

# What places an event; the rest is its body.
_PLACE: Final = frozenset(
    ("type", "agent_id", "user_id", "session_id", "thread_id", "occurred_at", "idempotency_key")
)
_ONE: Final[TypeAdapter[EventIn]] = TypeAdapter(EventIn)
_MANY: Final = TypeAdapter(EventBatchIn)
_BODY: Final = {
    "requestBody": {
        "required": True,
        "description": 'One event, or {"events": [...]} with up to 1,000; all or none are stored.',
        "content": {
            "application/json": {
                "schema": {
                    "anyOf": [
                        {"$ref": f"#/components/schemas/{model.__name__}"}
                        for model in (*EVENT_MODELS, EventBatchIn)
                    ]
                }
            }
        },
    }
}


@router.post("/v1/events", status_code=202, openapi_extra=_BODY)
async def post_events(request: Request, state: Nrem, caller: EventWriter) -> EventsOut:
    """Accept events; the answer comes after they are committed.

    With the header `Idempotency-Key`, or an `idempotency_key` in each event, sending the same
    again answers the same ids and stores nothing.
    """
    raw = await body.read(request)
    value = body.parse(raw)
    if isinstance(value, list):
        raise InvalidError(
            "the body is a list", field="body", remedy='put it into an object: {"events": [...]}'
        )
    is_batch = isinstance(value, dict) and "events" in value
    if len(raw) > MAX_EVENT_BYTES:
        _check_sizes(value["events"] if is_batch else [value], is_batch)
    given = _validated(value, is_batch)
    header = request.headers.get("idempotency-key")
    try:
        events = _events(state, caller, given, header=header, raw=raw)
        stored = await state.flusher.submit(caller.org_id, events)
    except RejectedError as error:
        error.field = _renamed(error, given, is_batch)
        raise
    return EventsOut(
        accepted=len(stored), event_ids=[ids.encode(ids.EVENT, one.event_id) for one in stored]
    )


def _renamed(error: RejectedError, given: list[EventIn], is_batch: bool) -> str | None:  # noqa: FBT001
    """The field as the caller wrote it: one event has no index, a header's key no field."""
    if error.error_code == "idempotency_conflict":
        own = {
            f"events[{index}].idempotency_key" for index, e in enumerate(given) if e.idempotency_key
        }
        if error.field not in own:
            return "Idempotency-Key"
    return error.field if is_batch or not error.field else error.field.removeprefix("events[0].")


def _validated(value: Any, is_batch: bool) -> list[EventIn]:  # noqa: ANN401, FBT001 - any JSON
    # The part of a path that names the branch of the union is not the caller's.
    if is_batch:
        return body.validate(_MANY, value, skip=2).events
    return [body.validate(_ONE, value, skip=0)]


def _check_sizes(events: Any, is_batch: bool) -> None:  # noqa: ANN401, FBT001 - not validated yet
    if not isinstance(events, list):
        return
    for index, event in enumerate(events):
        if _size(event) > MAX_EVENT_BYTES:
            raise InvalidError(
                f"{f'events[{index}]' if is_batch else 'the event'} is larger than "
                f"{MAX_EVENT_BYTES // 1024} KiB",
                field=f"events[{index}]" if is_batch else "body",
                remedy="split the text into several events",
                code="too_large",
            )


def _size(event: Any) -> int:  # noqa: ANN401 - not validated yet
    """Bytes of the event as compact JSON in UTF-8."""
    try:
        text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        raise body.too_deep() from None
    return len(text.encode("utf-8", "surrogatepass"))


def _events(
    state: State, caller: Caller, events: list[EventIn], *, header: str | None, raw: bytes
) -> list[NewEvent]:
    """Keys become digests here: the database never sees the caller's own text of them."""
    org, whole = caller.org_id, state.digest.of("body", raw)
    made = []
    for index, event in enumerate(events):
        fields = event.model_dump(mode="json", exclude_none=True)
        own = fields.get("idempotency_key")
        idem_key = None
        if own is not None:
            idem_key = state.digest.of("event-key", org, own)
        elif header:
            idem_key = state.digest.of("header-key", org, header, index)
        made.append(
            NewEvent(
                kind=event.type,
                agent=event.agent_id,
                user=event.user_id,
                session=event.session_id,
                thread=event.thread_id,
                occurred_at=event.occurred_at,
                body={name: value for name, value in fields.items() if name not in _PLACE},
                body_hash=state.digest.of_json(fields) if own is not None else whole,
                idem_key=idem_key,
                tokens=token_estimate(fields.get("content", "")),
                turn_key=_turn_key(state, org, event),
                index=index,
            )
        )
        _check_access(made[-1])
    return made


def _turn_key(state: State, org_id: int, event: EventIn) -> bytes | None:
    if not isinstance(event, AccessEventIn) or event.turn_id is None:
        return None
    return access.turn_key(state.digest, org_id, event.agent_id, event.turn_id)


def _check_access(event: NewEvent) -> None:
    if event.kind == ACCESS and ids.decode(ids.MEMORY, event.body["memory_id"]) is None:
        raise InvalidError(
            "is not a memory id",
            field=f"events[{event.index}].memory_id",
            remedy="send an id that starts with mem_, as recall answers it",
        )


@router.get("/v1/events/{event_id}")
async def get_event(event_id: str, state: Nrem, caller: Reader) -> EventOut:
    """What became of it: accepted, scored, consolidated, counted, dropped or parked, and why."""
    number = ids.decode(ids.EVENT, event_id)
    async with transaction(state, caller) as run:
        row = await run(view.read_event, caller.org_id, number) if number else None
    if row is None:
        raise NotFoundError("there is no such event")
    status, reason = _status(row)
    return EventOut(
        event_id=event_id,
        type=row.kind,
        status=status,
        reason=reason,
        memory_ids=[ids.encode(ids.MEMORY, one) for one in row.memory_ids or ()],
        occurred_at=row.occurred_at,
        recorded_at=row.recorded_at,
    )


def _status(row: Any) -> tuple[Any, str | None]:  # noqa: ANN401 - a row
    """The furthest an event got; kept anywhere wins over dropped somewhere."""
    outcomes = set(row.outcomes or ())
    if row.parked_reason:
        return "parked", row.parked_reason
    if "consolidated" in outcomes:
        return "consolidated", None
    if "merged" in outcomes:
        return "consolidated", "merged"
    if "dropped" in outcomes:
        return "dropped", row.dropped_reason
    if row.is_counted:
        return "counted", None
    return ("scored" if "scored" in outcomes else "accepted"), None
