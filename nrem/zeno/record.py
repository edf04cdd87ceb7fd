"""The records of zeno-memory: its own classes where it is installed, else these, field for field.

Times are whole Unix seconds, but for `ConversationMessage.created_at`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final, Literal, TypeAlias, TypeVar

Role: TypeAlias = Literal["user", "assistant", "tool", "system"]
Tier: TypeAlias = Literal["short", "long", "permanent"]
PriorityName: TypeAlias = Literal["high", "medium", "low"]
Status: TypeAlias = Literal["ok", "error", "empty"]

# Legal in Zeno's files, and in no text of Postgres.
_NUL: Final = "\x00"
# Stands for it in ids, which differ with it and must go on to.
_SHOWN_NUL: Final = "\N{SYMBOL FOR NULL}"

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """The session that an agent's SDK goes on with."""

    user_id: str
    channel: str
    thread_key: str | None
    sdk_session_id: str
    created_at: int
    updated_at: int
    last_summary: str | None = None


@dataclass(frozen=True, slots=True)
class MemoryHit:
    """What a search found; the score lies in 0..1."""

    text: str
    score: float
    meta: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ConversationMessage:
    """One message of a conversation."""

    role: Role
    content: str | None
    tool_calls: list[dict[str, Any]] | None
    tool_call_id: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class WorkingMemoryRecord:
    """One field of a card."""

    user_id: str
    agent_id: str
    field_name: str
    value: str
    last_updated: int


@dataclass(frozen=True, slots=True)
class Observation:
    """A note of what was said; `id` is unique for a user and an agent."""

    id: int
    user_id: str
    agent_id: str
    text: str
    priority: PriorityName
    observation_date: int
    referenced_date: int | None
    source_round_ids: tuple[int, ...]
    created_at: int
    archived_at: int | None = None


@dataclass(frozen=True, slots=True)
class ObservationRunWatermark:
    """How far an agent has observed a thread."""

    user_id: str
    agent_id: str
    thread_key: str | None
    last_processed_sequence: int
    last_run_at: int
    last_run_status: Status


@dataclass(frozen=True, slots=True)
class ObservationCounts:
    """What became of the edits of a run."""

    merges_applied: int
    replaces_applied: int
    deletes_applied: int
    rejected: int


@dataclass(frozen=True, slots=True)
class Merge:
    """Several observations become one."""

    source_ids: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Replace:
    """One observation gets another text."""

    source_id: int
    text: str


@dataclass(frozen=True, slots=True)
class Delete:
    """One observation goes."""

    source_id: int


Edit: TypeAlias = Merge | Replace | Delete


@dataclass(frozen=True, slots=True)
class ObservationRunInput:
    """Edits of the observations of a user and an agent."""

    run_id: str
    user_id: str
    agent_id: str
    edits: tuple[Edit, ...]
    started_at: int


@cache
def zeno(name: str) -> Any | None:  # noqa: ANN401 - whatever is called so there
    """What Zeno calls so, or None when it is not installed; imported at the first question."""
    try:
        from zeno import memory  # noqa: PLC0415 - costly, and not always installed
    except ImportError:
        return None
    return getattr(memory, name, None)


def as_zeno(kind: Callable[..., _T]) -> Callable[..., _T]:
    """Zeno's class of this name where Zeno is installed, else `kind` itself."""
    return zeno(kind.__name__) or kind


def clean(text: str) -> str:
    """A text as Postgres can hold it: without U+0000."""
    return text.replace(_NUL, "")


def clean_id(name: str) -> str:
    """An id as Postgres can hold it: U+0000 becomes its symbol."""
    return name.replace(_NUL, _SHOWN_NUL)


def clean_json(value: Any) -> Any:  # noqa: ANN401 - JSON
    """A JSON value whose texts and names `clean` has seen."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(name)): clean_json(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [clean_json(one) for one in value]
    return value


def seconds(instant: datetime) -> int:
    """Whole Unix seconds."""
    return int(instant.timestamp())


# What a date column can hold, and a reader's calendar too.
_FIRST: Final = int(datetime(1, 1, 2, tzinfo=UTC).timestamp())
_LAST: Final = int(datetime(9999, 12, 30, tzinfo=UTC).timestamp())
# From here on, in the year 5138, a number of seconds is one of milliseconds.
_MILLISECONDS_FROM: Final = 100_000_000_000


def instant(unix_seconds: float) -> datetime:
    """The instant of Unix seconds, or of milliseconds; outside of the calendar: its nearest end."""
    if abs(unix_seconds) >= _MILLISECONDS_FROM:
        unix_seconds /= 1000
    return datetime.fromtimestamp(min(max(unix_seconds, _FIRST), _LAST), tz=UTC)
