"""Instants: how answers show them, and how calls may name them.

Out of an answer comes an aware datetime in UTC whose text is `2026-04-19T10:30:00Z`. Into a call
goes a datetime (a naive one is UTC), a date or an ISO 8601 text; a date alone means that whole UTC
day, which the server knows.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator

from nrem.sdk.errors import ValidationError

Moment = str | date | datetime
Ends = Mapping[str, Moment | None] | Sequence[Moment | None]
TimeRange = Moment | Ends


class Instant(datetime):
    """A datetime in UTC whose text ends in `Z`; in every other way it is a datetime."""

    @classmethod
    def of(cls, moment: datetime) -> "Instant":
        """The same instant; a naive one is taken for UTC."""
        there = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        return cls.combine(there.date(), there.timetz())

    def __str__(self) -> str:
        """As it stands on the wire; outside UTC as any datetime."""
        if self.tzinfo is not None and not self.utcoffset():
            return self.isoformat().replace("+00:00", "Z")
        return super().__str__()


Timestamp = Annotated[datetime, AfterValidator(Instant.of)]


def wire_moment(moment: object, field: str) -> str:
    """The text of a moment, as requests carry it.

    Raises: ValidationError when it is none.
    """
    if isinstance(moment, datetime):
        return str(Instant.of(moment))
    if isinstance(moment, date):
        return moment.isoformat()
    if isinstance(moment, str) and moment:
        return moment
    raise ValidationError(
        f"{field} is no moment",
        field=field,
        remedy="give a datetime, a date, or a text like 2026-03-01T09:30:00Z",
    )


def wire_range(time_range: object) -> dict[str, str] | None:
    """Start and end as requests carry them; a single moment is both. None when neither is given.

    Raises: ValidationError when it is no range.
    """
    return {
        name: wire_moment(moment, f"time_range.{name}")
        for name, moment in zip(("start", "end"), _ends(time_range), strict=True)
        if moment is not None
    } or None


def _ends(time_range: object) -> tuple[object, object]:
    if isinstance(time_range, str | date):
        return time_range, time_range
    if isinstance(time_range, Mapping) and time_range.keys() <= {"start", "end"}:
        return time_range.get("start"), time_range.get("end")
    if isinstance(time_range, Sequence) and len(time_range) == 2:
        return time_range[0], time_range[1]
    raise ValidationError(
        "time_range is no range",
        field="time_range",
        remedy='give {"start": …, "end": …}, a pair, or one day; either end may be missing',
    )
