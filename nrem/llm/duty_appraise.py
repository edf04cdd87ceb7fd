"""appraise, asked of a model: the memories it is shown, and what its reply may say."""

import json
from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, FailFast, Field

from nrem.errors import ReplyError
from nrem.policy.appraise import Doubtful

DUTY: Final = "appraise"


class Opinion(BaseModel):
    """How much one memory matters."""

    model_config = ConfigDict(extra="forbid")

    id: int
    importance: float = Field(ge=0.0, le=1.0)


class Reply(BaseModel):
    """How much each of the memories matters."""

    model_config = ConfigDict(extra="forbid")

    opinions: Annotated[list[Opinion], FailFast()]


def content(memories: Sequence[Doubtful]) -> str:
    """What the model is shown: no row number, so equal memories are an equal request."""
    shown = [
        {"id": at, "type": one.memory_type, "text": one.content}
        for at, one in enumerate(memories, start=1)
    ]
    return json.dumps({"memories": shown}, ensure_ascii=False)


def opinions(reply: Reply, memories: Sequence[Doubtful]) -> dict[int, float]:
    """Importance by memory; one that the reply leaves out keeps its own.

    Raises: ReplyError for a memory that was not shown or is named twice.
    """
    found = {one.id: one.importance for one in reply.opinions}
    if len(found) != len(reply.opinions) or not all(0 < at <= len(memories) for at in found):
        raise ReplyError("reply_names_what_was_not_shown")
    return {memories[at - 1].memory_id: value for at, value in found.items()}
