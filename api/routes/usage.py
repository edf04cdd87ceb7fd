"""What the caller's org uses, and the largest that a request may be."""

from dataclasses import asdict
from datetime import UTC
from typing import Final

from fastapi import APIRouter
from sqlalchemy import Connection

from api import auth
from api.deps import Nrem, Reader, transaction
from nrem import ids
from nrem.store import engine, usage
from nrem.wire.budget import LimitsOut, SpentOut, StoredOut, UsageOut
from nrem.wire.field import (
    MAX_CONTENT,
    MAX_DEPTH,
    MAX_EVENT_BYTES,
    MAX_LAX_BODY_BYTES,
)
from nrem.wire.request import MAX_EVENTS

router = APIRouter(tags=["usage"])

_MOST: Final = 1_000
# No provider but the offline one is there, which costs nothing.
_NOTHING: Final = SpentOut(tokens=0, llm_calls=0, embeddings=0)


@router.get("/v1/usage")
async def get_usage(state: Nrem, caller: Reader) -> UsageOut:
    """What the org keeps, and what it spent on models outside nrem, which is nothing so far."""
    async with transaction(state, caller) as run:
        found: UsageOut = await run(_read, caller.org_id)
    return found


def _read(conn: Connection, org_id: int) -> UsageOut:
    return UsageOut(
        org_id=ids.encode(ids.ORG, org_id),
        today=engine.instant(conn).astimezone(UTC).date(),
        daily=_NOTHING,
        monthly=_NOTHING,
        stored=StoredOut(**asdict(usage.read(conn, org_id))),
    )


@router.get("/v1/limits")
async def get_limits(state: Nrem, caller: Reader) -> LimitsOut:
    """The largest that a request may bring or ask for, and how often the key may ask."""
    bounds = auth.rates(state, caller)
    binding = [rate for rate in bounds.values() if rate]
    return LimitsOut(
        body_bytes=MAX_LAX_BODY_BYTES,
        event_bytes=MAX_EVENT_BYTES,
        events_per_batch=MAX_EVENTS,
        memories_per_batch=_MOST,
        content_characters=MAX_CONTENT,
        json_depth=MAX_DEPTH,
        recall_top_k=_MOST,
        page_size=_MOST,
        turns_per_page=_MOST,
        rate_limit_enabled=bool(binding),
        rate_limit_per_minute=min(binding, default=0),
        rate_limit_key_per_minute=bounds["key_per_minute"],
        rate_limit_org_per_minute=bounds["org_per_minute"],
    )
