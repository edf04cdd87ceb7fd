"""observe, asked of a model: the window it is shown, and what its reply may say."""

import json
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, FailFast

from nrem.policy.consolidate_model import Turn
from nrem.policy.observe_model import Neighbour, ObserveDraft, ObserveInput

DUTY: Final = "observe"


class Observation(BaseModel):
    """One thing to note, the turns it rests on, and the day it is about."""

    model_config = ConfigDict(extra="forbid")

    text: str
    priority: Literal["high", "medium", "low"]
    referenced_date: str | float | None
    sources: Annotated[list[int], FailFast()]


class Reply(BaseModel):
    """What to note of the window."""

    model_config = ConfigDict(extra="forbid")

    observations: Annotated[list[Observation], FailFast()]


def content(window: ObserveInput) -> str:
    """What the model is shown; dates are the person's own, turns go by their numbers.

    Nothing in it is of the day on which it is asked, so equal turns are an equal request: "today"
    is the day of the last turn.
    """
    zone = ZoneInfo(window.timezone)
    shown = {
        "today": max(one.occurred_at for one in window.turns).astimezone(zone).date().isoformat(),
        "timezone": window.timezone,
        "turns": [_turn(one, zone) for one in window.turns],
        "known": [_known(one, zone) for one in window.known],
        "at_most": window.most,
    }
    return json.dumps(shown, ensure_ascii=False)


def _turn(one: Turn, zone: ZoneInfo) -> dict[str, Any]:
    named = {"speaker": one.speaker} if one.speaker else {}
    date = _date(one.occurred_at, zone)
    return {"id": one.seq, "date": date, "role": one.role, **named, "text": one.content}


def _known(one: Neighbour, zone: ZoneInfo) -> dict[str, Any]:
    return {"date": _date(one.observation_date, zone), "text": one.text}


def _date(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).isoformat(timespec="minutes")


def drafts(reply: Reply) -> tuple[ObserveDraft, ...]:
    """The observations of a reply, as they stand; `nrem.policy` checks each of them."""
    return tuple(
        ObserveDraft(
            text=one.text,
            priority=one.priority,
            sources=tuple(one.sources),
            referenced_date=one.referenced_date,
        )
        for one in reply.observations
    )
