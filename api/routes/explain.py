"""Why a memory weighs what it weighs: features, curve, what it passed and what will come."""

from fastapi import APIRouter
from sqlalchemy import Connection

from api.deps import Nrem, Reader, transaction
from nrem import ids
from nrem.errors import NotFoundError
from nrem.policy.explain import shape
from nrem.policy.model import State
from nrem.policy.params import Policy
from nrem.policy.score import Score, explained
from nrem.policy.state import shown_tier
from nrem.store import engine, explain, policy
from nrem.store.explain import Explained, Past
from nrem.wire.explain import (
    ComingOut,
    CurveOut,
    ExplainOut,
    FeatureOut,
    PastOut,
    PointOut,
    ScoreOut,
)

router = APIRouter(tags=["memories"])


@router.get("/v1/memories/{memory_id}/explain")
async def explain_memory(memory_id: str, state: Nrem, caller: Reader) -> ExplainOut:
    """What its importance is made of, how it fades, and each change of state behind and ahead."""
    number = ids.decode(ids.MEMORY, memory_id)
    found: tuple[Explained, Policy] | None = None
    if number is not None:
        async with transaction(state, caller) as run:
            found = await run(_read, caller.org_id, number)
    if found is None or found[0].shown.facts.state in {State.FORGOTTEN, State.PURGED}:
        raise NotFoundError("there is no such memory")
    return _explain_out(memory_id, *found)


def _read(conn: Connection, org_id: int, number: int) -> tuple[Explained, Policy] | None:
    timeline, now = policy.timeline(conn, org_id), engine.instant(conn)
    found = explain.read(conn, org_id, number, timeline=timeline, now=now)
    return (found, timeline.at(now)) if found else None


def _explain_out(memory_id: str, found: Explained, settings: Policy) -> ExplainOut:
    return ExplainOut(
        memory_id=memory_id,
        importance=found.shown.facts.importance,
        importance_given=found.is_importance_given,
        score=_score_out(found.score, settings) if found.score else None,
        curve=_curve_out(found, settings),
        past=[_past_out(one) for one in found.past],
        upcoming=[ComingOut(at=one.at, to=one.to, reason=one.reason) for one in found.upcoming],
    )


def _score_out(scored: Score, settings: Policy) -> ScoreOut:
    return ScoreOut(
        importance=scored.importance,
        base=scored.base,
        features=[
            FeatureOut(
                name=one.name,
                value=one.value,
                weight=one.weight,
                contribution=one.contribution,
            )
            for one in explained(scored, settings.score)
        ],
    )


def _curve_out(found: Explained, settings: Policy) -> CurveOut:
    facts = found.shown.facts
    curve = shape(facts, settings)
    return CurveOut(
        type=facts.memory_type,
        tier=shown_tier(facts),
        kind=curve.kind,
        stability_days=curve.stability_days,
        floor=curve.floor,
        formula=curve.formula,
        last_access=facts.last_access,
        effective_importance_now=found.shown.effective_importance,
        points=[PointOut(days=days, effective_importance=left) for days, left in curve.points],
    )


def _past_out(passed: Past) -> PastOut:
    return PastOut(
        at=passed.at,
        kind=passed.kind,
        before=passed.before,
        after=passed.after,
        reason=passed.reason,
        run_id=ids.encode(ids.RUN, passed.run_id) if passed.run_id else None,
    )
