"""Renaming an agent of the caller's org; what it has goes along."""

from typing import Final

from fastapi import APIRouter, Request
from pydantic import TypeAdapter

from api import body
from api.deps import AdminWriter, Nrem, record, transaction
from api.openapi import takes
from nrem.store import directory
from nrem.store.audit import Entry, Operation
from nrem.wire.card import RenameIn, RenameOut

router = APIRouter(tags=["agents"])

_SHAPE: Final = TypeAdapter(RenameIn)


@router.post("/v1/admin/agents:rename", openapi_extra=takes(RenameIn))
async def rename_agent(request: Request, state: Nrem, caller: AdminWriter) -> RenameOut:
    """Give an agent another id; its cards, observations and memories stay its own."""
    given = body.validate(_SHAPE, body.parse(await body.read(request)))
    async with transaction(state, caller) as run:
        number: int = await run(directory.rename_agent, caller.org_id, given.old, given.new)
        entry = Entry(operation=Operation.AGENT_RENAME, agent_id=number)
        await record(run, request, caller, entry)
    return RenameOut(old=given.old, new=given.new)
