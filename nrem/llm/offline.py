"""The provider without a key: extractive and deterministic; the same input, the same proposal.

Sentences are chosen by `nrem.policy.consolidate_extract`, knowledge is drafted by
`nrem.policy.promote`, observations by `nrem.policy.observe_draft` and edits by
`nrem.policy.reflect`; this adapter adds vectors where they are asked for.
"""

from typing import Final

from nrem.llm.embed import Embedder
from nrem.llm.provider import (
    AppraisalInput,
    AppraisalProposal,
    PromotionInput,
    PromotionProposal,
    Proposed,
    SessionInput,
    SessionProposal,
)
from nrem.policy.consolidate_extract import extract
from nrem.policy.observe_draft import drafts as observed
from nrem.policy.observe_model import ObserveInput, ObserveProposal
from nrem.policy.promote import drafts
from nrem.policy.reflect import edits
from nrem.policy.reflect_model import ReflectInput, ReflectProposal

NO_MODEL: Final = "no_model"


class OfflineProvider:
    """Proposes with rules and sentence vectors only; costs no money and asks no network."""

    engine: Final = "offline@1"
    has_model: Final = False

    def __init__(self, embedder: Embedder, reason: str | None = None) -> None:
        """`reason` says why rules propose, where a model was to."""
        self._embedder = embedder
        self._reason = reason

    def propose_session(self, session: SessionInput) -> SessionProposal:
        """What the session says that is worth keeping, in its own words, with vectors.

        Raises: ConfigError when the embedder's data is missing or not the reviewed one.
        """
        found = extract(session.turns, session.working, weights=session.weights)
        vectors = self._embedder.embed([one.content for one in found.candidates])
        return SessionProposal(
            candidates=tuple(
                Proposed(candidate=candidate, vector=vector)
                for candidate, vector in zip(found.candidates, vectors, strict=True)
            ),
            dropped=found.dropped,
            engine=self.engine,
            model_id=self._embedder.model_id,
            reason=self._reason,
        )

    def propose_promotions(self, promotion: PromotionInput) -> PromotionProposal:
        """The knowledge that the episodes make, in their own words, with vectors.

        Raises: ConfigError when the embedder's data is missing or not the reviewed one.
        """
        found = drafts(promotion.fresh, promotion.known, promotion.policy)
        vectors = self._embedder.embed([one.content for one in found])
        return PromotionProposal(
            drafts=tuple(zip(found, vectors, strict=True)),
            engine=self.engine,
            model_id=self._embedder.model_id,
            reason=self._reason,
        )

    def propose_observations(self, window: ObserveInput) -> ObserveProposal:
        """One observation per statement of the window, in the words that were said."""
        return ObserveProposal(drafts=observed(window), engine=self.engine, reason=self._reason)

    def propose_edits(self, batch: ReflectInput) -> ReflectProposal:
        """Edits that take out what other observations of the batch cover."""
        return ReflectProposal(edits=edits(batch), engine=self.engine, reason=self._reason)

    def propose_importances(self, _appraisal: AppraisalInput) -> AppraisalProposal:
        """No opinion: the rules have said all they know when they scored."""
        return AppraisalProposal(opinions={}, engine=self.engine, reason=NO_MODEL)
