"""The provider without a key: extractive and deterministic; the same input, the same proposal.

Sentences are chosen by `nrem.policy.consolidate_extract` and knowledge is drafted by
`nrem.policy.promote`; this adapter adds their vectors.
"""

from typing import Final

from nrem.llm.embed import Embedder
from nrem.llm.provider import (
    PromotionInput,
    PromotionProposal,
    Proposed,
    SessionInput,
    SessionProposal,
)
from nrem.policy.consolidate_extract import extract
from nrem.policy.promote import drafts


class OfflineProvider:
    """Proposes with rules and sentence vectors only; costs no money and asks no network."""

    engine: Final = "offline@1"

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

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
        )
