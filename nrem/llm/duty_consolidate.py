"""consolidate, asked of a model: the turns it is shown, and what its reply may say."""

import json
from collections.abc import Iterator, Sequence
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, FailFast

from nrem.errors import ReplyError
from nrem.policy.consolidate_model import MAX_SOURCES, Turn
from nrem.policy.consolidate_statement import Statement
from nrem.policy.ground import cleaned
from nrem.policy.text import token_estimate

DUTY: Final = "consolidate"
# Tokens of one request: a longer session is asked about in parts.
_WINDOW_TOKENS: Final = 6_000
_MAX_CHARACTERS: Final = 1_000


class Memory(BaseModel):
    """One statement and the turns it rests on."""

    model_config = ConfigDict(extra="forbid")

    text: str
    turns: Annotated[list[int], FailFast()]


class Reply(BaseModel):
    """What to remember of the turns."""

    model_config = ConfigDict(extra="forbid")

    memories: Annotated[list[Memory], FailFast()]


def windows(turns: Sequence[Turn]) -> Iterator[tuple[Turn, ...]]:
    """The turns in parts of a bounded size, cut between turns; a longer turn is one part."""
    part: list[Turn] = []
    size = 0
    for one in turns:
        tokens = token_estimate(one.content)
        if part and size + tokens > _WINDOW_TOKENS:
            yield tuple(part)
            part, size = [], 0
        part.append(one)
        size += tokens
    if part:
        yield tuple(part)


def content(turns: Sequence[Turn]) -> str:
    """What the model is shown: no row number, so equal turns are an equal request."""
    return json.dumps(
        {
            "turns": [
                {
                    "id": at,
                    "date": one.occurred_at.isoformat(timespec="minutes"),
                    "role": one.role,
                    **({"speaker": one.speaker} if one.speaker else {}),
                    "text": one.content,
                }
                for at, one in enumerate(turns, start=1)
            ]
        },
        ensure_ascii=False,
    )


def statements(reply: Reply, turns: Sequence[Turn]) -> tuple[Statement, ...]:
    """The statements of a reply, by row number.

    Raises: ReplyError for a turn that was not shown, an empty text or one that is too long.
    """
    return tuple(_statement(one, turns) for one in reply.memories)


def _statement(one: Memory, turns: Sequence[Turn]) -> Statement:
    if not all(0 < at <= len(turns) for at in one.turns):
        raise ReplyError("reply_names_what_was_not_shown")
    text = cleaned(one.text)
    if not 0 < len(text) <= _MAX_CHARACTERS:
        raise ReplyError("reply_has_a_text_of_wrong_size")
    chosen = dict.fromkeys(one.turns)
    if not 0 < len(chosen) <= MAX_SOURCES:
        raise ReplyError("reply_cites_too_few_or_too_many")
    return Statement(content=text, event_ids=tuple(turns[at - 1].event_id for at in chosen))
