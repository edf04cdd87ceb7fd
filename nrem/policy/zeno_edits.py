"""What edits of zeno-memory's Protocol do to observations: applied in their order, as they come.

The Protocol's own rules, which are laxer than those of the pass reflect (`nrem.policy.edits`): who
calls it has judged already. An edit is known by what it has: `source_ids`, a `text`, or neither.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from nrem.policy.consolidate_model import Trust, least_trust
from nrem.policy.observe_model import Priority

_RANK: Final = {one: at for at, one in enumerate(Priority)}
_MOST_ORDINAL: Final = 2**31 - 1

MERGED: Final = "merged"
REPLACED: Final = "replaced"
DELETED: Final = "deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An active observation that an edit names."""

    ordinal: int
    priority: Priority
    trust: Trust
    observation_date: datetime
    referenced_date: datetime | None
    referenced_from: datetime | None
    # numbers of the messages that it cites
    rounds: tuple[int, ...]
    events: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """A text that takes the place of observations."""

    text: str
    sources: tuple[Row, ...]

    @property
    def priority(self) -> Priority:
        """The highest of the sources."""
        return min((one.priority for one in self.sources), key=_RANK.__getitem__)

    @property
    def trust(self) -> Trust:
        """The least of the sources."""
        return least_trust(one.trust for one in self.sources)

    @property
    def observation_date(self) -> datetime:
        """Of the newest source: rewriting does not make it today."""
        return max(one.observation_date for one in self.sources)

    @property
    def referenced_date(self) -> datetime | None:
        """The latest day that a source is about."""
        return max((d for one in self.sources if (d := one.referenced_date)), default=None)

    @property
    def referenced_from(self) -> datetime | None:
        """The earliest day that a source is about."""
        days = [one.referenced_from or one.referenced_date for one in self.sources]
        return min((one for one in days if one), default=None)

    @property
    def rounds(self) -> tuple[int, ...]:
        """What any source cites."""
        return tuple(sorted({number for one in self.sources for number in one.rounds}))

    @property
    def events(self) -> tuple[int, ...]:
        """What any source rests on."""
        return tuple(sorted({number for one in self.sources for number in one.events}))


@dataclass(slots=True, kw_only=True)
class Applied:
    """What edits come to."""

    # why each row that goes does, by ordinal
    archived: dict[int, str] = field(default_factory=dict)
    written: list[Rewrite] = field(default_factory=list)
    merges: int = 0
    replaces: int = 0
    deletes: int = 0
    rejected: int = 0


def named(edits: Iterable[Any]) -> list[int]:
    """The ordinals that edits name, as far as they are numbers that an ordinal can be."""
    several = {number for edit in edits for number in _ids(edit)}
    return sorted(one for one in several if _is_ordinal(one))


def texts(edits: Iterable[Any]) -> list[str]:
    """The texts that edits would write."""
    return [edit.text for edit in edits if hasattr(edit, "text")]


def apply(edits: Sequence[Any], rows: Mapping[int, Row], *, protect_high: bool) -> Applied:
    """Carry edits out on the active rows they name; what is not among them is not active.

    `protect_high` rejects the deletion of a row of priority high.
    """
    left, done = dict(rows), Applied()
    for edit in edits:
        # each once, in the order named
        sources = [left[one] for one in dict.fromkeys(_ids(edit)) if one in left]
        if not sources or (protect_high and _is_deletion(edit) and _is_high(sources)):
            done.rejected += 1
            continue
        for one in sources:
            del left[one.ordinal]
            done.archived[one.ordinal] = _reason(edit)
        if not _is_deletion(edit):
            done.written.append(Rewrite(text=edit.text, sources=tuple(sources)))
        done.merges += _is_merge(edit)
        done.replaces += not _is_merge(edit) and not _is_deletion(edit)
        done.deletes += _is_deletion(edit)
    return done


def _is_merge(edit: Any) -> bool:  # noqa: ANN401 - whoever's class it is
    return hasattr(edit, "source_ids")


def _is_deletion(edit: Any) -> bool:  # noqa: ANN401
    return not hasattr(edit, "text")


def _is_high(sources: Sequence[Row]) -> bool:
    return any(one.priority is Priority.HIGH for one in sources)


def _reason(edit: Any) -> str:  # noqa: ANN401
    if _is_deletion(edit):
        return DELETED
    return MERGED if _is_merge(edit) else REPLACED


def _ids(edit: Any) -> tuple[Any, ...]:  # noqa: ANN401
    return tuple(edit.source_ids) if _is_merge(edit) else (edit.source_id,)


def _is_ordinal(number: object) -> bool:
    return isinstance(number, int) and 0 < number <= _MOST_ORDINAL
