"""What a policy would do, before it is set: counts over the memories of the caller's org.

Reads batch by batch, each in a transaction of its own, and counts on a thread, so that neither a
lock nor the event loop is held.
"""

import asyncio
from typing import Any, Final

from fastapi import APIRouter, Request
from pydantic import TypeAdapter
from sqlalchemy import Connection

from api import body
from api.deps import AdminReader, Nrem, transaction
from api.openapi import takes
from api.routes.admin_policy import checked
from api.state import State
from nrem import ids
from nrem.clock import monotonic
from nrem.errors import InvalidError
from nrem.policy.merge import merged
from nrem.policy.model import State as MemoryState
from nrem.policy.params import Policy
from nrem.policy.policy_preview import Choice, Tally
from nrem.store import engine, policy, policy_preview
from nrem.store.key import Caller
from nrem.wire.policy import NextDays, PolicyPreview, PolicyPreviewIn, StateCounts

router = APIRouter(tags=["policy"])

_SHAPE: Final = TypeAdapter(PolicyPreviewIn)
_BATCH: Final = 2_000
# The answer comes within the 30 s after which clients give up, complete or not.
_SECONDS: Final = 20.0


@router.post("/v1/admin/policy:preview", openapi_extra=takes(PolicyPreviewIn))
async def preview_policy(request: Request, state: Nrem, caller: AdminReader) -> PolicyPreview:
    """How many memories a policy would archive, forget and purge; nothing is changed.

    Looks at `limit` memories, or for 20 s; `next_cursor` leads on from there.
    """
    given = body.validate(_SHAPE, body.parse(await body.read(request)))
    after_id = ids.decode(ids.MEMORY, given.cursor) if given.cursor else 0
    if after_id is None:
        raise InvalidError(
            "is no cursor of a preview", field="cursor", remedy="send next_cursor as it came"
        )
    async with transaction(state, caller) as run:
        choice, surplus = await run(_choice, caller.org_id, given)
    tally = Tally()
    last_id = await _look(state, caller, tally, choice, after_id=after_id, limit=given.limit)
    return PolicyPreview(
        scanned=tally.scanned,
        is_complete=last_id is None,
        next_cursor=ids.encode(ids.MEMORY, last_id) if last_id else None,
        now=_counts(tally.now),
        next_30_days=NextDays(before=_counts(tally.before), after=_counts(tally.after)),
        unchanged=tally.unchanged,
        over_cap=surplus,
    )


def _choice(conn: Connection, org_id: int, given: PolicyPreviewIn) -> tuple[Choice, int]:
    timeline, last = policy.timeline(conn, org_id), policy.newest(conn, org_id)
    if given.policy is not None:
        wanted = checked("policy", lambda: Policy.from_json(given.policy))
    else:
        wanted = checked("changes", lambda: merged(last.policy, given.changes))
    surplus = policy_preview.over_cap(conn, org_id, wanted)
    return Choice.of(timeline, wanted, engine.instant(conn)), surplus


async def _look(
    state: State, caller: Caller, tally: Tally, choice: Choice, *, after_id: int, limit: int
) -> int | None:
    """Count until the end, the limit or the time is reached; the last number, unless the end."""
    ends = monotonic() + _SECONDS
    while True:
        wanted = min(_BATCH, limit - tally.scanned)
        async with transaction(state, caller) as run:
            # one more, to know whether anything is left behind
            rows: list[Any] = await run(
                policy_preview.read, caller.org_id, after_id=after_id, limit=wanted + 1
            )
        await asyncio.to_thread(policy_preview.add, tally, rows[:wanted], choice)
        if len(rows) <= wanted:
            return None
        after_id = rows[wanted - 1].id
        if tally.scanned >= limit or monotonic() > ends:
            return after_id


def _counts(found: dict[MemoryState, int]) -> StateCounts:
    return StateCounts(
        archive=found.get(MemoryState.ARCHIVED, 0),
        forget=found.get(MemoryState.FORGOTTEN, 0),
        purge=found.get(MemoryState.PURGED, 0),
    )
