"""The settings of an org: every number the policy modules use, its default and its range.

`Policy.default()` is what an org starts with. `Policy.from_json` takes any part of the tree, fills
the rest with defaults and reports every fault at once; `to_json` writes the whole tree, and reading
that back gives an equal policy. Reasons for the defaults: docs/policies.md.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields

from nrem.policy.appraise import AppraisePolicy
from nrem.policy.budget import LlmPolicy
from nrem.policy.model import Fault, PolicyError
from nrem.policy.params_drift import DriftPolicy
from nrem.policy.params_fade import Curve, CurveKind, DecayPolicy, TierPolicy
from nrem.policy.params_observe import ObservePolicy, ReflectPolicy
from nrem.policy.schedule import Schedules
from nrem.policy.setting import (
    MAX_DAYS,
    fault,
    flag,
    integer,
    number,
    read_part,
    write_part,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReinforcePolicy:
    """What counts as a use of a memory."""

    # A recalled memory counts as used from this relevance on; below it, it only filled the page.
    hit_relevance: float = number(0.4, 0.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpirePolicy:
    """What is deleted for good, and when; a legal hold wins over all of it."""

    # Days a forgotten memory can be restored before it is purged.
    forgotten_retention_days: float = number(30.0, 0.0, MAX_DAYS)
    # Live memories a subject may have; the least important beyond that are forgotten. 0: any.
    max_live_memories: int = integer(0, 0, 10_000_000)
    # Days for which it is remembered that a turn has used a memory.
    access_log_days: float = number(90.0, 1.0, MAX_DAYS)
    # Days for which run rows are kept.
    run_days: float = number(90.0, 1.0, MAX_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetPolicy:
    """What a request to forget may leave out."""

    # True: a request that names no memory means all of the agent's; False: it is refused.
    without_ids_forgets_agent: bool = flag(default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPolicy:
    """When a session that nobody ended counts as ended."""

    idle_minutes: float = number(30.0, 1.0, 10_080.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorePolicy:
    """Weight of each feature of `nrem.policy.score`; penalties are subtracted."""

    base: float = number(0.06, 0.0, 1.0)
    novelty: float = number(0.10, 0.0, 1.0)
    length: float = number(0.28, 0.0, 1.0)
    numbers: float = number(0.10, 0.0, 1.0)
    dates: float = number(0.20, 0.0, 1.0)
    names: float = number(0.10, 0.0, 1.0)
    identity: float = number(0.18, 0.0, 1.0)
    preference: float = number(0.12, 0.0, 1.0)
    commitment: float = number(0.08, 0.0, 1.0)
    emotion: float = number(0.05, 0.0, 1.0)
    remember: float = number(0.30, 0.0, 1.0)
    trust: float = number(0.08, 0.0, 1.0)
    durable: float = number(0.10, 0.0, 1.0)
    filler_penalty: float = number(0.20, 0.0, 1.0)
    question_penalty: float = number(0.12, 0.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallPolicy:
    """Shares of the parts of `relevance_score`; only their proportion matters."""

    similarity_weight: float = number(0.35, 0.0, 1.0)
    lexical_weight: float = number(0.35, 0.0, 1.0)
    # Share of how well the turns just before and after match.
    context_weight: float = number(0.2, 0.0, 1.0)
    importance_weight: float = number(0.1, 0.0, 1.0)
    # What of a result's relevance passes over an edge of weight 1 to the memory behind it.
    graph_decay: float = number(0.5, 0.0, 1.0)
    # Edges followed from one memory, the strongest first.
    graph_fan_out: int = integer(16, 1, 256)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsolidatePolicy:
    """What consolidation keeps of a session, and what it takes for the same thing said twice."""

    # Cosine at or above which two statements are near-duplicates.
    duplicate_similarity: float = number(0.8, 0.0, 1.0)
    # Share of common lexemes (Jaccard) they must have besides.
    duplicate_overlap: float = number(0.6, 0.0, 1.0)
    # Statements scored below this are dropped, with the reason written down.
    keep_above: float = number(0.15, 0.0, 1.0)
    max_memories_per_session: int = integer(200, 1, 10_000)
    # Cosine at or above which two episodes that are no duplicates are linked as related.
    relate_similarity: float = number(0.6, 0.0, 1.0)
    # Related episodes a new one is linked to at most, the nearest first. 0: none.
    max_relations: int = integer(3, 0, 50)


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotePolicy:
    """When repeated episodes become knowledge, and what of it is kept up with what changed."""

    # Minutes that new memories wait for company before promote looks at them.
    delay_minutes: float = number(1.0, 0.0, 10_080.0)
    # Cosine at or above which two episodes may be alike.
    similarity: float = number(0.5, 0.0, 1.0)
    # Episodes alike, and the sessions they must come from, that make a semantic memory.
    min_episodes: int = integer(3, 2, 100)
    min_sessions: int = integer(2, 1, 100)
    # Episodes in which a behaviour turned out well, and their least share of all its outcomes, that
    # make a procedural memory.
    min_successes: int = integer(3, 2, 100)
    min_success_rate: float = number(0.75, 0.0, 1.0)
    # False: facts that contradict one another stand side by side.
    supersedes: bool = flag(default=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefinePolicy:
    """What a refinement takes for the same memory stored twice."""

    # Cosine at or above which a memory that adds no word to an older one is merged into it.
    duplicate_similarity: float = number(0.9, 0.5, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All settings of an org."""

    decay: DecayPolicy = DecayPolicy()
    tiers: TierPolicy = TierPolicy()
    reinforce: ReinforcePolicy = ReinforcePolicy()
    expire: ExpirePolicy = ExpirePolicy()
    forget: ForgetPolicy = ForgetPolicy()
    session: SessionPolicy = SessionPolicy()
    score: ScorePolicy = ScorePolicy()
    recall: RecallPolicy = RecallPolicy()
    consolidate: ConsolidatePolicy = ConsolidatePolicy()
    promote: PromotePolicy = PromotePolicy()
    appraise: AppraisePolicy = AppraisePolicy()
    llm: LlmPolicy = LlmPolicy()
    refine: RefinePolicy = RefinePolicy()
    observe: ObservePolicy = ObservePolicy()
    reflect: ReflectPolicy = ReflectPolicy()
    drift: DriftPolicy = DriftPolicy()
    schedules: Schedules = Schedules()

    @classmethod
    def default(cls) -> "Policy":
        """What an org starts with."""
        return cls()

    @classmethod
    def from_json(cls, obj: object) -> "Policy":
        """The policy a JSON value describes; fields left out have their defaults.

        Raises: PolicyError listing every unknown field, wrong type, number out of range and
        contradiction, each with its path.
        """
        faults: list[Fault] = []
        policy = read_part(cls(), obj, "", faults)
        faults.extend(_contradictions(policy))
        if faults:
            raise PolicyError(faults)
        return policy

    @classmethod
    def from_text(cls, text: str) -> "Policy":
        """As `from_json`, from JSON text.

        Raises: PolicyError, ValueError when it is no JSON.
        """
        return cls.from_json(json.loads(text))

    def to_json(self) -> dict[str, object]:
        """The whole tree as plain JSON values."""
        return write_part(self)


def _contradictions(policy: Policy) -> list[Fault]:
    """Settings that are each in range but do not fit together."""
    faults: list[Fault] = []
    for item in fields(policy.decay):
        curve = getattr(policy.decay, item.name)
        if isinstance(curve, Curve):
            faults.extend(_curve_contradictions(curve, f"decay.{item.name}"))
    tiers = policy.tiers
    if tiers.long_idle_days < tiers.short_idle_days:
        allowed = f"at least short_idle_days ({tiers.short_idle_days:g})"
        faults.append(fault("tiers.long_idle_days", tiers.long_idle_days, allowed))
    if tiers.permanent_at_accesses < tiers.long_at_accesses:
        allowed = f"at least long_at_accesses ({tiers.long_at_accesses})"
        faults.append(fault("tiers.permanent_at_accesses", tiers.permanent_at_accesses, allowed))
    if policy.appraise.below < policy.appraise.above:
        allowed = f"at least above ({policy.appraise.above:g})"
        faults.append(fault("appraise.below", policy.appraise.below, allowed))
    recall = policy.recall
    if not recall.similarity_weight + recall.lexical_weight + recall.importance_weight:
        faults.append(fault("recall", 0, "at least one weight above 0"))
    return faults


def _curve_contradictions(curve: Curve, path: str) -> Iterator[Fault]:
    if curve.max_stability_days < curve.stability_days:
        allowed = f"at least stability_days ({curve.stability_days:g})"
        yield fault(f"{path}.max_stability_days", curve.max_stability_days, allowed)
    if curve.kind is CurveKind.STEP and not curve.steps:
        yield fault(f"{path}.steps", [], "one step or more, since kind is step")
