"""GET /v1/memories/{id}/promote-explain: why a memory is promoted or not, and what is missing."""

from collections.abc import Iterable

from fastapi import APIRouter
from sqlalchemy import Connection

from api.deps import Nrem, Reader, transaction
from nrem import ids
from nrem.errors import NotFoundError
from nrem.policy.promote_model import Explanation, Prospect
from nrem.store import engine, policy, promote_explain
from nrem.store.promote_explain import Explained
from nrem.wire.promotion import GateOut, PromotionOut, ProspectOut, SignalsOut

router = APIRouter(tags=["memories"])


@router.get("/v1/memories/{memory_id}/promote-explain")
async def explain_promotion(memory_id: str, state: Nrem, caller: Reader) -> PromotionOut:
    """What promotion finds near a live memory, which gates are passed, and what is missing."""
    number = ids.decode(ids.MEMORY, memory_id)
    found: Explained | None = None
    if number is not None:
        async with transaction(state, caller) as run:
            found = await run(_read, caller.org_id, number, state.embedder.model_id)
    if found is None:
        raise NotFoundError("there is no such memory")
    return _out(memory_id, found)


def _read(conn: Connection, org_id: int, number: int, model: str) -> Explained | None:
    timeline, now = policy.timeline(conn, org_id), engine.instant(conn)
    return promote_explain.read(conn, org_id, number, model=model, timeline=timeline, now=now)


def _out(memory_id: str, found: Explained) -> PromotionOut:
    its = found.explanation
    return PromotionOut(
        memory_id=memory_id,
        memory_type=found.memory_type,
        waiting=found.is_waiting,
        signals=_signals(its),
        prospects=[_prospect(one) for one in its.prospects],
        evidence=_names(found.evidence),
        supports=_names(its.supports),
        known_as=_names(its.known_as),
        never=its.never,
    )


def _signals(its: Explanation) -> SignalsOut:
    return SignalsOut(
        alike=_names(its.alike),
        occurrences=its.occurrences,
        sessions=its.sessions,
        nearness=its.nearness,
        successes=its.successes,
        failures=its.failures,
    )


def _prospect(one: Prospect) -> ProspectOut:
    return ProspectOut(
        memory_type=one.memory_type,
        passed=one.is_passed,
        gates=[
            GateOut(name=gate.name, value=gate.value, needed=gate.needed, passed=gate.is_passed)
            for gate in one.gates
        ],
        missing=list(one.missing),
    )


def _names(numbers: Iterable[int]) -> list[str]:
    return [ids.encode(ids.MEMORY, number) for number in numbers]
