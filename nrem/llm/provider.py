"""The seam behind which a model proposes: memories, knowledge, observations, edits of observations.

A provider reads values and returns values: it opens no transaction, and what it returns is a
proposal that `nrem.policy` judges. Content is data to it, never an instruction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from nrem.policy.appraise import Doubtful
from nrem.policy.consolidate_model import Candidate, Dropped, Turn, Vector, Working
from nrem.policy.observe_model import ObserveInput, ObserveProposal
from nrem.policy.params import PromotePolicy, ScorePolicy
from nrem.policy.params_drift import DriftPolicy
from nrem.policy.promote_model import Draft, Episode
from nrem.policy.reflect_model import ReflectInput, ReflectProposal


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionInput:
    """One ended session of one subject, in the order it was said."""

    turns: tuple[Turn, ...]
    working: tuple[Working, ...] = ()
    # the org's own idea of what matters
    weights: ScorePolicy = field(default_factory=ScorePolicy)
    # how much of it a proposal may lose
    drift: DriftPolicy = field(default_factory=DriftPolicy)
    # whose words these are; no model is told
    subject_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A candidate and the vector of its content."""

    candidate: Candidate
    vector: Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionProposal:
    """What a provider would keep and drop of a session, and what asking it cost."""

    candidates: tuple[Proposed, ...]
    dropped: tuple[Dropped, ...]
    # written into the run row, such as "offline@1"
    engine: str
    # vector space of every candidate
    model_id: str
    cost_usd: float = 0.0
    # why the rules proposed, where a model was to
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionInput:
    """Episodes of one subject: those nobody has looked at yet, and those near them."""

    fresh: tuple[Episode, ...]
    known: tuple[Episode, ...] = ()
    policy: PromotePolicy = field(default_factory=PromotePolicy)
    # how much of its evidence a draft may lose
    drift: DriftPolicy = field(default_factory=DriftPolicy)
    # whom they are about; no model is told
    subject_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromotionProposal:
    """What a provider would make of the episodes, and what asking it cost."""

    # each with the vector of its content
    drafts: tuple[tuple[Draft, Vector], ...]
    # written into the run row, such as "offline@1"
    engine: str
    # vector space of every draft
    model_id: str
    cost_usd: float = 0.0
    # why the rules proposed, where a model was to
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppraisalInput:
    """Memories of one subject whose importance is doubtful."""

    memories: tuple[Doubtful, ...]
    # whom they are about; no model is told
    subject_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppraisalProposal:
    """How much memories matter, 0 to 1, by their numbers, and what asking that cost."""

    opinions: Mapping[int, float]
    # written into the run row, such as "offline@1"
    engine: str
    cost_usd: float = 0.0
    # why there are no opinions, where a model was to have some
    reason: str | None = None


class Provider(Protocol):
    """Proposes; never decides and never writes."""

    @property
    def engine(self) -> str:
        """Name and version, such as `offline@1`; a change of either may change proposals."""

    @property
    def has_model(self) -> bool:
        """Whether a model may be asked; else nothing is queued that only a model can do."""

    def propose_session(self, session: SessionInput) -> SessionProposal:
        """What to keep of one session; every turn is behind a candidate or dropped with a reason.

        Raises: PassError when the session cannot be processed; the runner retries, then parks.
        """

    def propose_promotions(self, promotion: PromotionInput) -> PromotionProposal:
        """What repeated episodes make; a draft names its evidence among those of the input.

        Raises: PassError when the episodes cannot be processed; the runner retries, then parks.
        """

    def propose_observations(self, window: ObserveInput) -> ObserveProposal:
        """What to note of a window of turns; a draft cites turns of the window by their numbers.

        Raises: PassError when the window cannot be processed; the runner retries, then parks.
        """

    def propose_edits(self, batch: ReflectInput) -> ReflectProposal:
        """How to shorten what was noted; an edit cites observations of the batch by ordinals.

        Raises: PassError when the batch cannot be processed; the runner retries, then parks.
        """

    def propose_importances(self, appraisal: AppraisalInput) -> AppraisalProposal:
        """How much doubtful memories matter; one without an opinion keeps its importance.

        Raises: PassError when they cannot be processed; the runner retries, then parks.
        """
