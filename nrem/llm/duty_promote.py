"""promote, asked of a model: the episodes it is shown, and what its reply may say."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, FailFast

from nrem.errors import ReplyError
from nrem.policy.ground import cleaned
from nrem.policy.model import MemoryType
from nrem.policy.promote_model import Episode
from nrem.policy.promote_statement import Statement

DUTY: Final = "promote"
_MAX_CHARACTERS: Final = 1_000
_TOLD: Final = ("situation", "action", "outcome")


class Knowledge(BaseModel):
    """What several episodes have in common."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["semantic", "procedural"]
    text: str
    episodes: Annotated[list[int], FailFast()]


class Reply(BaseModel):
    """What repeats in the episodes."""

    model_config = ConfigDict(extra="forbid")

    knowledge: Annotated[list[Knowledge], FailFast()]


def content(episodes: Sequence[Episode]) -> str:
    """What the model is shown: no row number, so equal episodes are an equal request."""
    shown = [{"id": at, **_shown(one)} for at, one in enumerate(episodes, start=1)]
    return json.dumps({"episodes": shown}, ensure_ascii=False)


def _shown(one: Episode) -> dict[str, Any]:
    told = {name: one.metadata[name] for name in _TOLD if isinstance(one.metadata.get(name), str)}
    date = one.occurred_at.date().isoformat()
    return {"date": date, "sessions": len(one.sessions), "text": one.content, **told}


def statements(reply: Reply, episodes: Sequence[Episode]) -> tuple[Statement, ...]:
    """The statements of a reply, by row number.

    Raises: ReplyError for an episode that was not shown, an empty text or one that is too long.
    """
    return tuple(_statement(one, episodes) for one in reply.knowledge)


def _statement(one: Knowledge, episodes: Sequence[Episode]) -> Statement:
    if not all(0 < at <= len(episodes) for at in one.episodes):
        raise ReplyError("reply_names_what_was_not_shown")
    text = cleaned(one.text)
    if not 0 < len(text) <= _MAX_CHARACTERS:
        raise ReplyError("reply_has_a_text_of_wrong_size")
    return Statement(
        memory_type=MemoryType(one.kind),
        content=text,
        memory_ids=tuple(episodes[at - 1].memory_id for at in one.episodes),
    )
