"""When the passes of an org run: a cron expression and a time zone for each, and whether it rests.

Ticks of `decay` and `expire` are what starts them. The others are woken by work; their tick only
finds what an announcement lost. Pure: which instant comes next is told by nrem/cron.py.
"""

import re
from dataclasses import dataclass, fields
from typing import Final
from zoneinfo import ZoneInfo

from nrem.policy.crontab import CronError, read_crontab
from nrem.policy.setting import checked, flag

_ZONE: Final = re.compile(r"[A-Z][A-Za-z0-9_+-]*(/[A-Z][A-Za-z0-9_+-]*){0,2}")
_ZONE_ALLOWED: Final = "a time zone of the IANA database, such as Europe/Berlin or UTC"


def cron(default: str) -> str:
    """A field for a cron expression."""
    return checked(default, _cron_fault)


def zone(default: str) -> str:
    """A field for the name of a time zone."""
    return checked(default, _zone_fault)


def _cron_fault(text: str) -> str | None:
    try:
        read_crontab(text)
    except CronError as error:
        return str(error)
    return None


def is_zone(text: str) -> bool:
    """Whether a text names a time zone of the IANA database."""
    return _zone_fault(text) is None


def _zone_fault(text: str) -> str | None:
    # Not every file beside the zones is one; those that are begin with a capital letter.
    if not _ZONE.fullmatch(text):
        return _ZONE_ALLOWED
    try:
        ZoneInfo(text)
    except (LookupError, OSError, ValueError):
        return _ZONE_ALLOWED
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When one pass ticks."""

    cron: str = cron("0 * * * *")
    timezone: str = zone("UTC")
    # True: no tick and no work of its own starts the pass; a request or the command does.
    paused: bool = flag(default=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedules:
    """The schedule of each pass that an org can plan, by the pass's name."""

    ingest: Schedule = Schedule(cron="13 * * * *")
    score: Schedule = Schedule(cron="1 * * * *")
    embed: Schedule = Schedule(cron="3 * * * *")
    reinforce: Schedule = Schedule(cron="5 * * * *")
    consolidate: Schedule = Schedule(cron="7 * * * *")
    promote: Schedule = Schedule(cron="23 3 * * *")
    appraise: Schedule = Schedule(cron="15 * * * *")
    distill: Schedule = Schedule(cron="27 * * * *")
    refine: Schedule = Schedule(cron="33 * * * *")
    observe: Schedule = Schedule(cron="37 3 * * *")
    reflect: Schedule = Schedule(cron="53 3 * * *")
    preview: Schedule = Schedule(cron="11 * * * *")
    decay: Schedule = Schedule(cron="17 * * * *")
    expire: Schedule = Schedule(cron="43 * * * *")
    redue: Schedule = Schedule(cron="9 * * * *")
    batch: Schedule = Schedule(cron="21 * * * *")

    def by_pass(self) -> dict[str, Schedule]:
        """Every schedule under the name of its pass."""
        return {item.name: getattr(self, item.name) for item in fields(self)}


PASSES: Final = tuple(item.name for item in fields(Schedules))
