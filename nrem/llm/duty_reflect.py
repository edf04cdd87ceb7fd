"""reflect, asked of a model: the observations it is shown, and what its reply may say."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, FailFast

from nrem.errors import ReplyError
from nrem.policy.reflect_model import Delete, Edit, Logged, Merge, ReflectInput, Replace

DUTY: Final = "reflect"


class Change(BaseModel):
    """One edit; `text` is for merge and replace."""

    model_config = ConfigDict(extra="forbid")

    verb: Literal["merge", "replace", "delete"]
    source_ids: Annotated[list[int], FailFast()]
    text: str | None


class Reply(BaseModel):
    """How to make the log shorter."""

    model_config = ConfigDict(extra="forbid")

    edits: Annotated[list[Change], FailFast()]


def content(batch: ReflectInput) -> str:
    """What the model is shown; dates are the person's own, observations go by their places.

    Nothing in it is of the day on which it is asked, so equal observations are an equal request:
    "today" is the day of the newest one.
    """
    zone = ZoneInfo(batch.timezone)
    rows = batch.observations
    shown = {
        "today": _day(max(one.observation_date for one in rows), zone),
        "timezone": batch.timezone,
        "observations": [_shown(at, one, zone) for at, one in enumerate(rows, start=1)],
        "at_most": batch.most,
    }
    return json.dumps(shown, ensure_ascii=False)


def _shown(at: int, one: Logged, zone: ZoneInfo) -> dict[str, Any]:
    about = {"about": _day(one.referenced_date, zone)} if one.referenced_date else {}
    date = _day(one.observation_date, zone)
    return {"id": at, "date": date, **about, "priority": one.priority, "text": one.text}


def _day(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).date().isoformat()


def edits(reply: Reply, observations: Sequence[Logged]) -> tuple[Edit, ...]:
    """The edits of a reply, by ordinals; `nrem.policy.edits` judges each of them.

    Raises: ReplyError for one that lacks what its verb needs.
    """
    return tuple(_edit(one, observations) for one in reply.edits)


def _edit(one: Change, observations: Sequence[Logged]) -> Edit:
    ordinals = tuple(_ordinal(at, observations) for at in one.source_ids)
    if one.verb == "merge" and one.text is not None:
        return Merge(source_ids=ordinals, text=one.text)
    if len(ordinals) != 1:
        raise ReplyError("reply_has_an_edit_of_several")
    (number,) = ordinals
    if one.verb == "delete":
        return Delete(source_id=number)
    if one.text is None:
        raise ReplyError("reply_has_an_edit_without_text")
    return Replace(source_id=number, text=one.text)


def _ordinal(at: int, observations: Sequence[Logged]) -> int:
    """Of what was shown at a place; of what was not shown 0, which no observation has."""
    return observations[at - 1].ordinal if 0 < at <= len(observations) else 0
