"""Which edits of a proposal are carried out: closed verbs, each judged by itself and in its order.

An edit names observations of the batch, each once. A new text keeps what it takes the place of, and
brings no number and no name of its own; a deleted row is covered by one that stays. So whoever
speaks through the model can shorten the log, and neither empty nor rewrite it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Final

from nrem.policy.consolidate_model import Trust, least_trust
from nrem.policy.consolidate_repeat import Meaning, holds
from nrem.policy.observe import MAX_CHARACTERS
from nrem.policy.observe_model import Priority
from nrem.policy.params_observe import ReflectPolicy
from nrem.policy.reflect import Entry, covers
from nrem.policy.reflect_model import Delete, Edit, Logged, Merge, Replace
from nrem.policy.render import one_line
from nrem.policy.text import fingerprint_text, lexemes, token_estimate

# A merge takes two rows; a log in which nothing could be merged would never shrink.
_LEAST: Final = 2
_RANK: Final = {one: at for at, one in enumerate(Priority)}

# Why an edit is refused.
UNKNOWN_ID: Final = "unknown_id"
USED_TWICE: Final = "used_twice"
ONE_SOURCE: Final = "one_source"
EMPTY: Final = "empty"
NOT_SHORTER: Final = "not_shorter"
LOSES: Final = "loses_what_was_said"
ADDS: Final = "adds_what_was_not_said"
HIGH: Final = "high_priority"
NOT_COVERED: Final = "not_covered"
REPEATS: Final = "repeats_another"
OVER_CAP: Final = "over_cap"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An observation that takes the place of others."""

    text: str
    priority: Priority
    # of the newest source: rewriting does not make it today
    observation_date: datetime
    # the latest and the earliest day that a source is about
    referenced_date: datetime | None
    referenced_from: datetime | None
    trust: Trust
    tokens: int
    # ordinals, ascending; one: replaced, more: merged
    sources: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What is carried out, and how often each reason refused an edit."""

    written: tuple[Written, ...] = ()
    # deleted ordinals, each with the ordinal that covers it; 0: a new text does
    covered: tuple[tuple[int, int], ...] = ()
    refused: Mapping[str, int] = field(default_factory=dict)

    @property
    def archived(self) -> int:
        """How many rows leave the log."""
        return sum(len(one.sources) for one in self.written) + len(self.covered)


def most(active: int, policy: ReflectPolicy) -> int:
    """How many of so many active observations one run may archive; two at least."""
    return max(_LEAST, ceil(active * policy.max_share))


def new_text(edit: Merge | Replace) -> str:
    """The text that an edit would write, as it would be stored."""
    return one_line(edit.text)[:MAX_CHARACTERS].strip()


def judge(
    edits: Iterable[Edit],
    batch: Sequence[Logged],
    policy: ReflectPolicy,
    *,
    active: int,
    taken: AbstractSet[tuple[int, str]] = frozenset(),
) -> Judged:
    """The edits that may be carried out, of a log with so many active observations.

    `taken` are texts that are active already, each with the ordinal of its row. Merges and
    replacements are judged before deletions. Never raises, whatever an edit says.
    """
    court = _Court(
        rows={one.ordinal: Entry.of(one) for one in batch},
        policy=policy,
        room=most(active, policy),
        taken=taken,
    )
    several = list(edits)
    for edit in several:
        if isinstance(edit, Merge | Replace):
            court.rewrite(edit)
    for edit in several:
        if isinstance(edit, Delete):
            court.delete(edit.source_id)
    return Judged(
        written=tuple(court.written),
        covered=tuple(court.covered),
        refused=dict(court.refused),
    )


@dataclass(slots=True, kw_only=True)
class _Court:
    """The batch, and what was decided so far."""

    rows: Mapping[int, Entry]
    policy: ReflectPolicy
    # rows that may still go
    room: int
    # texts that stand in the log, each with its row
    taken: AbstractSet[tuple[int, str]]
    written: list[Written] = field(default_factory=list)
    covered: list[tuple[int, int]] = field(default_factory=list)
    # rows that an edit was carried out on, and rows that cover a deleted one
    used: set[int] = field(default_factory=set)
    needed: set[int] = field(default_factory=set)
    refused: Counter[str] = field(default_factory=Counter)

    def rewrite(self, edit: Merge | Replace) -> None:
        ids = edit.source_ids if isinstance(edit, Merge) else (edit.source_id,)
        reason = self._fault(ids, least=2 if isinstance(edit, Merge) else 1)
        if reason is None:
            sources = [self.rows[one] for one in sorted(ids)]
            text = new_text(edit)
            reason = _fault_of_text(text, sources, self.policy) or self._repeats(text, ids)
            if reason is None:
                self._take(ids)
                self.written.append(_written(text, [one.logged for one in sources]))
        if reason is not None:
            self.refused[reason] += 1

    def delete(self, ordinal: int) -> None:
        reason = self._fault((ordinal,), least=1)
        if reason is None and self.rows[ordinal].logged.priority is Priority.HIGH:
            reason = HIGH
        keeper = self._keeper(ordinal) if reason is None else None
        if reason is None and (keeper is None or ordinal in self.needed):
            reason = NOT_COVERED
        if reason is None and keeper is not None:
            self._take((ordinal,))
            self.covered.append((ordinal, keeper))
            self.needed.add(keeper)
        if reason is not None:
            self.refused[reason] += 1

    def _fault(self, ids: Sequence[int], *, least: int) -> str | None:
        if len(set(ids)) < least:
            return ONE_SOURCE
        if any(one not in self.rows for one in ids):
            return UNKNOWN_ID
        if len(set(ids)) < len(ids) or self.used & set(ids):
            return USED_TWICE
        return OVER_CAP if len(ids) > self.room else None

    def _repeats(self, text: str, ids: Sequence[int]) -> str | None:
        written = any(fingerprint_text(one.text) == fingerprint_text(text) for one in self.written)
        stands = any(row not in ids for row, other in self.taken if other == text)
        return REPEATS if written or stands else None

    def _take(self, ids: Sequence[int]) -> None:
        self.used.update(ids)
        self.room -= len(ids)

    def _keeper(self, ordinal: int) -> int | None:
        """The row that stays and covers it; 0 for a new text; None without one."""
        gone, similarity = self.rows[ordinal], self.policy.similarity
        new = (Entry.of(_logged(one)) for one in self.written)
        if any(covers(one, gone, similarity=similarity) for one in new):
            return 0
        staying = (one for one in self.rows if one not in self.used and one != ordinal)
        return next(
            (one for one in staying if covers(self.rows[one], gone, similarity=similarity)), None
        )


def _fault_of_text(text: str, sources: Sequence[Entry], policy: ReflectPolicy) -> str | None:
    if not text:
        return EMPTY
    if token_estimate(text) >= sum(one.logged.tokens for one in sources):
        return NOT_SHORTER
    new = Meaning.of(text)
    if any(holds(new, one.meaning, is_reworded=True) < policy.keep_words for one in sources):
        return LOSES
    said = frozenset(word for one in sources for word in _words(one))
    numbers = frozenset(one for source in sources for one in source.meaning.numbers)
    if not new.numbers <= numbers or not said.issuperset(new.names):
        return ADDS
    return ADDS if len(new.words & said) < policy.keep_words * len(new.words) else None


def _words(one: Entry) -> frozenset[str]:
    """What it says, and who says it."""
    return one.meaning.words | frozenset(lexemes(one.meaning.speaker or ""))


def _written(text: str, sources: Sequence[Logged]) -> Written:
    days = [one.referenced_date for one in sources if one.referenced_date is not None]
    days += [one.referenced_from for one in sources if one.referenced_from is not None]
    return Written(
        text=text,
        priority=min((one.priority for one in sources), key=_RANK.__getitem__),
        observation_date=max(one.observation_date for one in sources),
        referenced_date=max(days, default=None),
        referenced_from=min(days, default=None),
        trust=least_trust(one.trust for one in sources),
        tokens=token_estimate(text),
        sources=tuple(one.ordinal for one in sources),
    )


def _logged(one: Written) -> Logged:
    return Logged(
        ordinal=0,
        text=one.text,
        priority=one.priority,
        observation_date=one.observation_date,
        referenced_date=one.referenced_date,
    )
