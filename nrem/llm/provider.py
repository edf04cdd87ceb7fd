"""The seam behind which a model proposes what to keep of a session.

A provider reads values and returns values: it opens no transaction, and what it returns is a
proposal that `nrem.policy.consolidate.decide` judges. Content is data to it, never an instruction.
"""

from dataclasses import dataclass, field
from typing import Protocol

from nrem.policy.consolidate_model import Candidate, Dropped, Turn, Vector, Working
from nrem.policy.params import ScorePolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionInput:
    """One ended session of one subject, in the order it was said."""

    turns: tuple[Turn, ...]
    working: tuple[Working, ...] = ()
    # the org's own idea of what matters
    weights: ScorePolicy = field(default_factory=ScorePolicy)


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


class Provider(Protocol):
    """Proposes; never decides and never writes."""

    @property
    def engine(self) -> str:
        """Name and version, such as `offline@1`; a change of either may change proposals."""

    def propose_session(self, session: SessionInput) -> SessionProposal:
        """What to keep of one session; every turn is behind a candidate or dropped with a reason.

        Raises: PassError when the session cannot be processed; the runner retries, then parks.
        """
