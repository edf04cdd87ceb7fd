"""Forgetting several memories at once: the shapes of requests and answers."""

from typing import Annotated, Final

from pydantic import BaseModel, Field

from nrem.wire.field import Id
from nrem.wire.request import Lax

# Ids in one request, and in one answer of forget_all.
MAX_IDS: Final = 1_000
# Why somebody forgets may be told in their own words, which are not kept.
_Reason = Annotated[str, Field(max_length=10_000)]


class _ForgetIn(Lax):
    agent_id: Id
    user_id: Id | None = None
    # two names of one thing: delete for good
    hard_delete: bool | None = None
    hard: bool | None = None
    reason: _Reason | None = None

    @property
    def is_hard(self) -> bool:
        """Whether to delete for good, whichever way it was said."""
        return bool(self.hard_delete or self.hard)


class ForgetIn(_ForgetIn):
    """Which memories of an agent to forget; unknown ones change nothing."""

    memory_id: Id | None = None
    memory_ids: Annotated[list[Id], Field(min_length=1, max_length=MAX_IDS)] | None = None
    # those too that edges drawn by callers lead to
    cascade: bool | None = None

    @property
    def ids(self) -> list[str]:
        """All that are named, each once, in the order named."""
        named = [self.memory_id] if self.memory_id is not None else []
        return list(dict.fromkeys([*named, *(self.memory_ids or ())]))


class ForgetAllIn(_ForgetIn):
    """Forget everything of an agent, or what it knows about one user."""


class ForgetOut(BaseModel):
    """What was forgotten; what was already is not counted again."""

    deleted_count: int
    hard_deleted: bool
    # of those counted: reached over edges
    cascade_count: int
    # all that are counted; of forget_all the first 1,000
    memory_ids: list[str]
    # of those counted: deleted because what they were made of was
    derived_count: int
    # made in place of deleted ones, from what survives
    remade_ids: list[str]
