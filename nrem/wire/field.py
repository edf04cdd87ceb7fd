"""The fields of requests: what Postgres cannot hold, or nobody can mean, is refused."""

import contextlib
import math
import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    Field,
)

from nrem.clock import utc_now
from nrem.policy.graph import EdgeKind

MAX_BODY_BYTES: Final = 8 * 1024 * 1024
# of the routes that other clients know, too
MAX_LAX_BODY_BYTES: Final = 10 * 1024 * 1024
MAX_EVENT_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 32
_MAX_CONTENT: Final = 100_000
_EARLIEST: Final = datetime(1900, 1, 1, tzinfo=UTC)
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_LATEST_AHEAD: Final = timedelta(hours=24)
# some Python enums write themselves with the name of their class
_LIST_NAME: Final = re.compile(r"^[A-Za-z]+\.")
# 100 years
_MAX_SECONDS: Final = 3_155_760_000


def no_nul(value: str) -> str:
    """The text as it is.

    Raises: ValueError when it holds U+0000.
    """
    if "\x00" in value:
        raise ValueError("holds the character U+0000, which text cannot hold; leave it out")
    return value


def _not_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("is blank; give some text")
    return value


def _written_out(value: object) -> object:
    """Refuse a bare number, which could be seconds or milliseconds."""
    if isinstance(value, datetime) or (isinstance(value, str) and value[4:5] == "-"):
        return value
    raise ValueError("is no date and time of ISO 8601, as in 2026-03-01T09:30:00Z")


def _plausible(value: datetime) -> datetime:
    if value < _EARLIEST or value > utc_now() + _LATEST_AHEAD:
        raise ValueError(
            "lies before 1900 or more than 24 hours ahead; check the clock and the unit"
        )
    return value


def _after_1900(value: datetime) -> datetime:
    if value < _EARLIEST:
        raise ValueError("lies before 1900; check the unit")
    return value


def _end_of_day(value: object) -> object:
    """A date alone stands for the last instant of that day in UTC."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        with contextlib.suppress(ValueError):
            return datetime.combine(date.fromisoformat(value), time.max, UTC)
    return value


def _in_utc(value: datetime) -> datetime:
    """A naive instant is one of UTC."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def _without_nul(value: object) -> object:
    return value.replace("\x00", "") if isinstance(value, str) else value


def _or_empty(value: object) -> object:
    return {} if value is None else value


def _at_most_a_century(value: int) -> int:
    return min(value, _MAX_SECONDS)


def plain_name(value: object) -> object:
    """A name of a list without the list's own: `MemoryType.SEMANTIC` is `SEMANTIC`."""
    return _LIST_NAME.sub("", value, count=1) if isinstance(value, str) else value


def _lower_name(value: object) -> object:
    name = plain_name(value)
    return name.lower() if isinstance(name, str) else name


def _kind(value: object) -> object:
    """A kind of edge in any letter case; `related_to` is another word for `relates_to`."""
    name = _lower_name(value)
    return EdgeKind.RELATES_TO if name == "related_to" else name


def _storable(value: dict[str, Any]) -> dict[str, Any]:
    """Refuse what jsonb cannot hold, or what would make reading it costly."""
    waiting: list[tuple[object, int]] = [(value, 1)]
    while waiting:
        part, depth = waiting.pop()
        if depth > MAX_DEPTH:
            raise ValueError(f"is nested deeper than {MAX_DEPTH} levels; flatten it")
        if isinstance(part, dict):
            waiting += [(key, depth + 1) for key in part]
            waiting += [(inner, depth + 1) for inner in part.values()]
        elif isinstance(part, list):
            waiting += [(inner, depth + 1) for inner in part]
        else:
            _check_leaf(part)
    return value


def _check_leaf(value: object) -> None:
    if isinstance(value, str):
        no_nul(value)
        if any("\ud800" <= letter <= "\udfff" for letter in value):
            raise ValueError("holds half of a surrogate pair; send valid Unicode")
    elif isinstance(value, float) and not math.isfinite(value):
        raise ValueError("holds a number that is not finite; send a finite one or null")


Id = Annotated[str, Field(min_length=1, max_length=256), AfterValidator(no_nul)]
Content = Annotated[
    str,
    Field(min_length=1, max_length=_MAX_CONTENT),
    AfterValidator(no_nul),
    AfterValidator(_not_blank),
]
Instant = Annotated[AwareDatetime, BeforeValidator(_written_out), AfterValidator(_plausible)]
Metadata = Annotated[dict[str, Any], Field(max_length=64), AfterValidator(_storable)]
# a part of a tree of settings, which its own reader looks through
Tree = Annotated[dict[str, Any], AfterValidator(_storable)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
# at most 100 years
Seconds = Annotated[int, Field(ge=1, le=_MAX_SECONDS)]
MemoryTypeName = Literal["working", "episodic", "semantic", "procedural"]
TierName = Literal["short", "long", "permanent"]
StateName = Literal["live", "archived", "forgotten"]
RelationshipType = Annotated[EdgeKind, BeforeValidator(_kind)]
VersionNumber = Annotated[int, Field(ge=1, le=2**31 - 1)]
# an instant, or a day: then its last instant in UTC
AsOf = Annotated[
    AwareDatetime,
    BeforeValidator(_written_out),
    AfterValidator(_after_1900),
    BeforeValidator(_end_of_day),
]

# Of the routes that other clients send to: what they mean is taken, what they cannot mean is not.
LaxQuery = Annotated[str, Field(max_length=_MAX_CONTENT), BeforeValidator(_without_nul)]
LaxContent = Annotated[
    str,
    Field(min_length=1, max_length=_MAX_CONTENT),
    AfterValidator(_not_blank),
    BeforeValidator(_without_nul),
]
LaxInstant = Annotated[
    datetime, BeforeValidator(_written_out), AfterValidator(_in_utc), AfterValidator(_plausible)
]
LaxAsOf = Annotated[
    datetime,
    BeforeValidator(_written_out),
    AfterValidator(_in_utc),
    AfterValidator(_after_1900),
    BeforeValidator(_end_of_day),
]
RangeStart = Annotated[datetime, BeforeValidator(_written_out), AfterValidator(_in_utc)]
# a day stands for its last instant in UTC
RangeEnd = Annotated[RangeStart, BeforeValidator(_end_of_day)]
LaxMetadata = Annotated[Tree, BeforeValidator(_or_empty)]
LaxSeconds = Annotated[int, Field(ge=1), AfterValidator(_at_most_a_century)]
LaxMemoryType = Annotated[MemoryTypeName, BeforeValidator(_lower_name)]
