"""Agents: those that anything was ever stored for."""

from fastapi import APIRouter

from api.deps import Nrem, Reader, transaction
from nrem.store import directory
from nrem.wire.answer import AgentOut, AgentsOut

router = APIRouter(tags=["agents"])


@router.get("/v1/agents")
async def list_agents(state: Nrem, caller: Reader) -> AgentsOut:
    """The org's agents; an agent needs no registration."""
    async with transaction(state, caller) as run:
        names: list[str] = await run(directory.list_agents, caller.org_id)
    return AgentsOut(agents=[AgentOut(agent_id=name) for name in names])
