"""UserMemoryStore: what an agent remembers of a person, in tiers, found by words and by meaning."""

from typing import Any, ClassVar

from nrem.policy.shelf import Shelf
from nrem.store.shelf import Found
from nrem.zeno.upkeep import Upkeep, tier_of


class UserMemoryStore(Upkeep):
    """Zeno's `UserMemoryStore`, with the verbs of its maintenance.

    Each memory is one of nrem's, of the link's agent and the person: it archives after the idle
    time of its tier, its uses escalate it, and it is recalled, exported and erased like all others.
    The score of a hit is the greater of what its words and its meaning give, 0 to 1.
    """

    shelf: ClassVar[Shelf] = Shelf.USER

    async def add(
        self,
        user_id: str,
        text: str,
        meta: dict[str, Any] | None = None,
        *,
        tier: str = "long",
    ) -> None:
        """Remember a text. One that is remembered already is refreshed: its tier never goes down.

        The same words again replace its metadata where some are given; other words that say the
        same add theirs. An archived memory stays archived.
        Raises: ValueError for a tier that there is not.
        """
        await self._add(user_id, text, meta, tier_of(tier))

    def _shown(self, found: Found) -> dict[str, Any]:
        """What the caller stored, then tier and count as they stood before this search."""
        facts = found.facts
        return {
            **found.metadata,
            "tier": str(facts.tier),
            "hit_count": facts.access_count,
        }
