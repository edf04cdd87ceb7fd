"""reflect, asked of a model: the observations it is shown, and what its reply may say."""

import json
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
    """What the model is shown; dates are the person's own, observations go by their ordinals.

    No instant of the run is in it: the same log is the same request, whenever it is asked.
    """
    zone = ZoneInfo(batch.timezone)
    shown = {
        "timezone": batch.timezone,
        "observations": [_shown(one, zone) for one in batch.observations],
        "at_most": batch.most,
    }
    return json.dumps(shown, ensure_ascii=False)


def _shown(one: Logged, zone: ZoneInfo) -> dict[str, Any]:
    about = {"about": _day(one.referenced_date, zone)} if one.referenced_date else {}
    date = _day(one.observation_date, zone)
    return {"id": one.ordinal, "date": date, **about, "priority": one.priority, "text": one.text}


def _day(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).date().isoformat()


def edits(reply: Reply) -> tuple[Edit, ...]:
    """The edits of a reply, as they stand; `nrem.policy.edits` judges each of them.

    Raises: ReplyError for one that lacks what its verb needs.
    """
    return tuple(_edit(one) for one in reply.edits)


def _edit(one: Change) -> Edit:
    if one.verb == "merge" and one.text is not None:
        return Merge(source_ids=tuple(one.source_ids), text=one.text)
    if len(one.source_ids) != 1:
        raise ReplyError("reply_has_an_edit_of_several")
    (number,) = one.source_ids
    if one.verb == "delete":
        return Delete(source_id=number)
    if one.text is None:
        raise ReplyError("reply_has_an_edit_without_text")
    return Replace(source_id=number, text=one.text)
