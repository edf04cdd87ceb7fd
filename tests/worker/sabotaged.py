"""A provider that drops every second fact of whatever it proposes."""

from dataclasses import replace

from nrem.llm.offline import OfflineProvider
from nrem.llm.provider import (
    PromotionInput,
    PromotionProposal,
    SessionInput,
    SessionProposal,
)
from nrem.policy.reflect_model import Edit, Logged, Merge, ReflectInput, ReflectProposal
from tests.world import EMBEDDER, TOOLS


class Sabotaged(OfflineProvider):
    """Proposes as the rules do, and leaves out every second fact."""

    def __init__(self) -> None:
        super().__init__(EMBEDDER)

    def propose_session(self, session: SessionInput) -> SessionProposal:
        """Every second statement."""
        made = super().propose_session(session)
        return replace(made, candidates=made.candidates[::2])

    def propose_promotions(self, promotion: PromotionInput) -> PromotionProposal:
        """Every statement without every second of its words."""
        made = super().propose_promotions(promotion)
        drafts = [replace(draft, content=halved(draft.content)) for draft, _ in made.drafts]
        vectors = EMBEDDER.embed([one.content for one in drafts])
        return replace(made, drafts=tuple(zip(drafts, vectors, strict=True)))

    def propose_edits(self, batch: ReflectInput) -> ReflectProposal:
        """Pairs of observations become one with the first half of what each says."""
        rows = batch.observations
        pairs = zip(rows[::2], rows[1::2], strict=False)
        edits: list[Edit] = [_merged(one, other) for one, other in pairs]
        return ReflectProposal(edits=tuple(edits), engine=self.engine)


def _merged(one: Logged, other: Logged) -> Merge:
    halves = [its.text.partition(" and ")[0] for its in (one, other)]
    return Merge(source_ids=(one.ordinal, other.ordinal), text="; ".join(halves))


def halved(content: str) -> str:
    """The content without every second of its words that is no small one."""
    kept, at = [], 0
    for word in content.split():
        is_small = len(word) <= 3
        at += not is_small
        if is_small or at % 2:
            kept.append(word)
    return " ".join(kept)


SABOTAGED = replace(TOOLS, provider=Sabotaged())
