"""The text that an agent is given about a person: a card, observations, and what a query recalls.

Same rows, same bytes within one UTC day. What people said cannot forge a heading, a field or the
end of a block: it stands on one line, behind a marker. A row that cannot be shown is left out and
named; nothing here raises because of one.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final

from nrem.policy.text import token_estimate

_BREAKS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_LEADING: Final = re.compile(r"^(\s*)([#-])")
_DAYS_TO_WEEKS: Final = 14
_DAYS_TO_MONTHS: Final = 60

CARD_HEADER: Final = "## Working memory"
OBSERVATIONS_HEADER: Final = "## Observations"
INJECT_HEADER: Final = "[CONTEXT — from user memory]"
INJECT_FOOTER: Final = "[END CONTEXT]"


class Markers(StrEnum):
    """How a priority is shown."""

    EMOJI = "emoji"
    TOKENS = "tokens"


_MARKS: Final = {
    Markers.EMOJI: {"high": "🔴", "medium": "🟡", "low": "🟢"},
    Markers.TOKENS: {"high": "[high]", "medium": "[med]", "low": "[low]"},
}
_RANKS: Final = {"high": 0, "medium": 1, "low": 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a card; None or an empty value is one that nobody knows."""

    name: str
    value: str | None = None
    # Unix seconds
    updated_at: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An observation as it was read; the dates are Unix seconds and may be nonsense."""

    ordinal: int
    text: str
    priority: str
    observation_date: float
    referenced_date: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The blocks in their order; each is empty or ends with a blank line."""

    card: str
    observations: str
    injected: str
    # ordinals that are in the text, those that cannot be shown, and how many the budget left out
    shown: tuple[int, ...] = ()
    skipped: tuple[int, ...] = ()
    omitted: int = 0

    @property
    def text(self) -> str:
        """All of it, ready to stand before the agent's instructions."""
        return "\n".join(part for part in (self.card + self.observations, self.injected) if part)

    @property
    def tokens(self) -> int:
        """About how many tokens a model counts."""
        return token_estimate(self.text)


def one_line(text: str) -> str:
    """The text with each run of line breaks and control characters as one space."""
    return _BREAKS.sub(" ", text)


def safe(text: str) -> str:
    """The text on one line, a leading `#` or `-` escaped; any other text as it is."""
    return _LEADING.sub(r"\1\\\2", one_line(text))


def render(
    fields: Sequence[Field] | None,
    rows: Iterable[Row],
    recalled: Sequence[str] = (),
    *,
    now: datetime,
    markers: Markers = Markers.EMOJI,
    budget_tokens: int | None = None,
) -> Context:
    """The context within the budget; without one all of it.

    The card comes first, then what was recalled, then observations: those of high priority before
    others, among them the newest first. `fields` None is an agent without a card.
    """
    purse = _Purse(budget_tokens)
    card = _block(CARD_HEADER, [_field(one) for one in fields], purse) if fields is not None else ""
    injected = _injected(recalled, purse)
    entries: list[_Entry] = []
    skipped: list[int] = []
    for row in rows:
        entry = _entry(row, now, markers)
        if entry is None:
            skipped.append(row.ordinal)
        else:
            entries.append(entry)
    kept = _within(entries, purse)
    return Context(
        card=card,
        observations=_observations(kept),
        injected=injected,
        shown=tuple(one.row.ordinal for one in kept),
        skipped=tuple(skipped),
        omitted=len(entries) - len(kept),
    )


def relative(day: date, today: date) -> str:
    """How a day lies to today, in words that get coarser with distance."""
    ago = (today - day).days
    if ago < 0:
        return "tomorrow" if ago == -1 else f"in {-ago} days"
    if ago < 2:
        return "yesterday" if ago else "today"
    if ago < _DAYS_TO_WEEKS:
        return f"{ago} days ago"
    if ago < _DAYS_TO_MONTHS:
        return f"{ago // 7} weeks ago"
    return f"{ago // 30} months ago"


class _Purse:
    """What of a budget is left; a sum of estimates rounded up is never below that of the whole."""

    def __init__(self, tokens: int | None) -> None:
        self._left = math.inf if tokens is None else tokens

    def pay(self, *lines: str) -> bool:
        """Whether the lines fit; then they are paid for."""
        cost = sum(token_estimate(f"{line}\n") for line in lines)
        if cost > self._left:
            return False
        self._left -= cost
        return True


@dataclass(frozen=True, slots=True)
class _Entry:
    row: Row
    day: date
    said_at: datetime
    line: str


def _block(header: str, lines: Sequence[str], purse: _Purse) -> str:
    if not purse.pay(header, ""):
        return ""
    return "\n".join([header, *(line for line in lines if purse.pay(line)), "", ""])


def _field(one: Field) -> str:
    updated = _moment(one.updated_at)
    if not one.value:
        return f"- {one.name}: (unknown)"
    since = f" (updated {updated:%Y-%m-%d})" if updated else ""
    return f"- {one.name}: {safe(one.value)}{since}"


def _injected(recalled: Sequence[str], purse: _Purse) -> str:
    if not recalled or not purse.pay("", INJECT_HEADER, INJECT_FOOTER, ""):
        return ""
    lines = [line for line in (f"- {safe(one)}" for one in recalled) if purse.pay(line)]
    return "\n".join([INJECT_HEADER, *lines, INJECT_FOOTER, "", ""]) if lines else ""


def _entry(row: Row, now: datetime, markers: Markers) -> _Entry | None:
    said_at = _moment(row.observation_date)
    mark = _MARKS[markers].get(row.priority)
    if said_at is None or mark is None:
        return None
    line = f"{mark} {said_at:%H:%M} {safe(row.text)}"
    about = said_at if row.referenced_date is None else _moment(row.referenced_date)
    if about is None:
        return _Entry(row, said_at.date(), said_at, line)
    today = now.astimezone(UTC).date()
    return _Entry(row, about.date(), said_at, f"{line} ({relative(about.date(), today)})")


def _moment(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _within(entries: Sequence[_Entry], purse: _Purse) -> list[_Entry]:
    """The entries that the purse can pay, with the heading of their day; in the order read."""
    ranked = sorted(
        entries,
        key=lambda one: (_RANKS[one.row.priority], -one.said_at.timestamp(), -one.row.ordinal),
    )
    if not ranked or not purse.pay(OBSERVATIONS_HEADER, ""):
        return []
    days: set[date] = set()
    kept: set[int] = set()
    for one in ranked:
        heading = () if one.day in days else (_heading(one.day),)
        if purse.pay(one.line, *heading):
            days.add(one.day)
            kept.add(one.row.ordinal)
    return [one for one in entries if one.row.ordinal in kept]


def _heading(day: date) -> str:
    return f"### {day.isoformat()}"


def _observations(entries: Sequence[_Entry]) -> str:
    if not entries:
        return ""
    days: dict[date, list[_Entry]] = {}
    for one in entries:
        days.setdefault(one.day, []).append(one)
    lines = [OBSERVATIONS_HEADER]
    for day in sorted(days):
        lines.append(_heading(day))
        lines += [one.line for one in sorted(days[day], key=lambda one: one.said_at)]
    return "\n".join([*lines, "", ""])
