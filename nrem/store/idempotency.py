"""Idempotency keys: what was sent before is known by a keyed digest, and stored once."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from nrem.errors import ConflictError
from nrem.store.event import NewEvent
from nrem.store.statement import statement


def find(conn: Connection, org_id: int, events: Sequence[NewEvent]) -> dict[bytes, int]:
    """The events that are stored already, by the key they came with.

    Raises: ConflictError when one of the keys was used for another body.
    """
    keys = [e.idem_key for e in events if e.idem_key is not None]
    if not keys:
        return {}
    rows = conn.execute(statement("event_find_keys"), {"org_id": org_id, "keys": keys}).all()
    found = {bytes(row.idem_key): (bytes(row.body_hash), row.id) for row in rows}
    for event in events:
        if event.idem_key in found:
            _require_same(event, found[event.idem_key][0])
    return {key: number for key, (_, number) in found.items()}


def without_repeats(events: Sequence[NewEvent], known: Mapping[bytes, int]) -> list[NewEvent]:
    """The events that are new, the first of each key; a key may come twice in one batch.

    Raises: ConflictError when it comes with two bodies.
    """
    first: dict[bytes, NewEvent] = {}
    fresh = []
    for event in events:
        if event.idem_key is None:
            fresh.append(event)
        elif event.idem_key in first:
            _require_same(event, first[event.idem_key].body_hash)
        elif event.idem_key not in known:
            first[event.idem_key] = event
            fresh.append(event)
    return fresh


def _require_same(event: NewEvent, body_hash: bytes) -> None:
    # Of what was erased no digest is left; the key stays used all the same.
    if body_hash and event.body_hash != body_hash:
        raise ConflictError(
            "this idempotency key was used before with another body",
            field=f"events[{event.index}].idempotency_key",
            remedy="send a new key with a new body, or the same body with this key",
            code="idempotency_conflict",
        )
