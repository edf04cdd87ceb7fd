"""A person's knowledge base: texts that stay, found by meaning."""

from typing import Any, ClassVar

from nrem.policy.model import Tier
from nrem.policy.shelf import Shelf
from nrem.zeno.search import Searching


class KnowledgeStore(Searching):
    """Zeno's `KnowledgeStore`: what is added stays until it is forgotten, its metadata untouched.

    The score is the cosine of the vectors, 0 to 1; without a model it is that of the words.
    """

    shelf: ClassVar[Shelf] = Shelf.KNOWLEDGE
    by_meaning_alone: ClassVar[bool] = True

    async def add(self, user_id: str, text: str, meta: dict[str, Any] | None = None) -> None:
        """Keep a text; one that is there already, with the same metadata, is kept once."""
        await self._add(user_id, text, meta, Tier.PERMANENT)
