"""From policies to triggers: pure, so that what will fire can be told without waiting for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from apscheduler.triggers.base import BaseTrigger

from nrem import cron
from nrem.policy.params import Policy
from nrem.store.schedule import StoredSchedule
from worker.contract import Pass

_EVER: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the plan; `key` is that of its ticks and never changes once used."""

    key: str
    duty: str
    trigger: BaseTrigger
    # whom it makes due; None: every org without a schedule of its own
    org_id: int | None = None
    # False: a duty of the whole system, which no org has to be due for
    is_of_orgs: bool = True
    # no instant up to this one fires
    set_at: datetime = _EVER


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What ticks, and the rows that cannot be read: their orgs' passes do not tick."""

    entries: tuple[Entry, ...]
    unreadable: tuple[StoredSchedule, ...] = ()


def plan(passes: Iterable[Pass], own: Iterable[StoredSchedule]) -> Plan:
    """The default schedules of these passes, and the orgs' own ones that are not paused."""
    usual = Policy.default().schedules.by_pass()
    entries: list[Entry] = []
    names = set()
    for duty in passes:
        names.add(duty.name)
        if duty.name in usual:
            its = usual[duty.name]
            made = cron.trigger(its.cron, its.timezone)
            entries.append(Entry(key=duty.name, duty=duty.name, trigger=made))
        elif duty.every_seconds is not None:
            made = cron.every(duty.every_seconds)
            entries.append(Entry(key=duty.name, duty=duty.name, trigger=made, is_of_orgs=False))
    unreadable = []
    for row in own:
        if row.pass_name not in names or row.is_paused:
            continue
        entry = _own_entry(row)
        if entry is None:
            unreadable.append(row)
        else:
            entries.append(entry)
    return Plan(entries=tuple(entries), unreadable=tuple(unreadable))


def _own_entry(row: StoredSchedule) -> Entry | None:
    try:
        made = cron.trigger(row.cron, row.timezone)
    except (LookupError, OSError, ValueError):
        return None
    return Entry(
        key=f"{row.pass_name}/{row.org_id}",
        duty=row.pass_name,
        trigger=made,
        org_id=row.org_id,
        set_at=row.set_at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    trigger: BaseTrigger
    last: datetime | None
    looked_at: datetime
    next: datetime | None

    def holds(self, trigger: BaseTrigger, now: datetime) -> bool:
        """Whether nothing has changed since it was looked up."""
        is_before_next = self.next is None or now < self.next
        return self.trigger is trigger and self.looked_at <= now and is_before_next


class Almanac:
    """The last instant of each entry, remembered until its next one comes."""

    def __init__(self) -> None:
        self._known: dict[str, _Known] = {}

    def last(self, entry: Entry, now: datetime) -> datetime | None:
        """The latest instant that is not after `now`; None when the last year held none."""
        known = self._known.get(entry.key)
        if known is None or not known.holds(entry.trigger, now):
            known = _Known(
                trigger=entry.trigger,
                last=cron.last_of(entry.trigger, now),
                looked_at=now,
                next=cron.next_of(entry.trigger, now),
            )
            self._known[entry.key] = known
        return known.last
