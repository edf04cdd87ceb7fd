"""What memories say, taken apart: one memo per distinct fact, and a summary of what they turn on.

Extractive and deterministic: a memo is a sentence that a memory says (with those that lean on it),
its relative dates resolved; a summary is made of the sentences nearest to what all of them say
together. What is about one subject is never mixed with what is about another. Pure.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import mul
from typing import Final, Literal

from nrem.policy.attribute import attributes
from nrem.policy.consolidate_model import Trust, Vector, least_trust
from nrem.policy.distill_chunk import chunks
from nrem.policy.distill_fact import facts
from nrem.policy.model import MemoryType
from nrem.policy.params import ScorePolicy
from nrem.policy.score import score
from nrem.policy.text import fingerprint_text

# What reads: the name stands in the job's status as its model.
ENGINE: Final = "offline"
# Facts of a job, the most important first. Twice as many hold up the subject twice as long.
MOST_FACTS: Final = 500
# Characters of all memories of a job together; those beyond are chunks that failed.
MOST_CHARACTERS: Final = 4_000_000

Style = Literal["concise", "bullet", "abstractive"]
# Sentences and characters of a summary at most. Offline, `abstractive` is a longer extract.
_BOUNDS: Final[dict[Style, tuple[int, int]]] = {
    "concise": (4, 600),
    "bullet": (8, 1_200),
    "abstractive": (8, 1_200),
}
_ANSWERS: Final = frozenset({"yes", "no"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a caller wants memories taken apart; sizes are in tokens."""

    chunk_size: int = 1_024
    chunk_overlap: int = 128
    style: Style = "concise"
    has_summary: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A memory that is taken apart."""

    memory_id: int
    version: int
    subject_id: int
    memory_type: MemoryType
    content: str
    occurred_at: datetime
    trust: Trust
    source_event_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Memo:
    """A memory to be: what it says, and what it was made from."""

    subject_id: int
    content: str
    sources: tuple[Source, ...]
    # 0..1
    importance: float
    is_summary: bool = False

    @property
    def occurred_at(self) -> datetime:
        """When the last of its sources happened."""
        return max(one.occurred_at for one in self.sources)

    @property
    def trust(self) -> Trust:
        """No more than that of its weakest source."""
        return least_trust(one.trust for one in self.sources)

    @property
    def event_ids(self) -> tuple[int, ...]:
        """The original events behind it, ascending."""
        return tuple(sorted({event for one in self.sources for event in one.source_event_ids}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was found in the memories of a job, before it is compared with anything known."""

    memos: tuple[Memo, ...] = ()
    chunks: int = 0
    failed: int = 0
    # subjects and values of which something is said
    entities: int = 0


@dataclass(slots=True)
class _Group:
    """A fact and everything that says it in these words."""

    content: str
    sources: dict[int, Source] = field(default_factory=dict)


def read(sources: Sequence[Source], options: Options, weights: ScorePolicy) -> Reading:
    """The facts of the memories, each once per subject, in the order said."""
    groups: dict[tuple[int, str], _Group] = {}
    whole, failed, left = 0, 0, MOST_CHARACTERS
    for source in sorted(sources, key=lambda one: (one.occurred_at, one.memory_id)):
        left -= len(source.content)
        if left < 0:
            whole, failed = whole + 1, failed + 1
            continue
        for chunk in chunks(source.content, options.chunk_size, options.chunk_overlap):
            whole += 1
            for said in facts(chunk, source.occurred_at):
                key = (source.subject_id, fingerprint_text(said))
                groups.setdefault(key, _Group(said)).sources[source.memory_id] = source
    memos = [_memo(subject, one, weights) for (subject, _), one in groups.items()]
    return Reading(
        memos=tuple(_heaviest(memos)),
        chunks=whole,
        failed=failed,
        entities=len(_entities(memos)),
    )


def _memo(subject_id: int, group: _Group, weights: ScorePolicy) -> Memo:
    scored = score(group.content, memory_type=MemoryType.SEMANTIC, weights=weights)
    return Memo(
        subject_id=subject_id,
        content=group.content,
        sources=tuple(group.sources.values()),
        importance=scored.importance,
    )


def _heaviest(memos: list[Memo]) -> Iterator[Memo]:
    """The most important ones, in the order said."""
    order = sorted(range(len(memos)), key=lambda at: (-memos[at].importance, at))
    yield from (memos[at] for at in sorted(order[:MOST_FACTS]))


def _entities(memos: Iterable[Memo]) -> set[tuple[int, str]]:
    return {
        (memo.subject_id, name)
        for memo in memos
        for stated in attributes(memo.content)
        for name in (stated.holder, stated.value)
        if name not in _ANSWERS
    }


def summaries(facts: Sequence[tuple[Memo, Vector]], options: Options) -> tuple[Memo, ...]:
    """One summary for each subject of which more than one fact is told; none if none is wanted."""
    if not options.has_summary:
        return ()
    by_subject: dict[int, list[tuple[Memo, Vector]]] = {}
    for one in facts:
        by_subject.setdefault(one[0].subject_id, []).append(one)
    return tuple(_summary(told, options.style) for told in by_subject.values() if len(told) > 1)


def _summary(told: list[tuple[Memo, Vector]], style: Style) -> Memo:
    chosen = _central(told, *_BOUNDS[style])
    lines = [memo.content for memo in chosen]
    sources = {source.memory_id: source for memo in chosen for source in memo.sources}
    return Memo(
        subject_id=chosen[0].subject_id,
        content="\n".join(f"- {one}" for one in lines) if style == "bullet" else " ".join(lines),
        sources=tuple(sources[number] for number in sorted(sources)),
        importance=max(memo.importance for memo in chosen),
        is_summary=True,
    )


def _central(told: list[tuple[Memo, Vector]], most: int, characters: int) -> list[Memo]:
    """The facts nearest to the middle of all, no more than fit, in the order said."""
    middle = [sum(column) for column in zip(*(vector for _, vector in told), strict=True)]
    order = sorted(range(len(told)), key=lambda at: (-sum(map(mul, told[at][1], middle)), at))
    chosen: list[int] = []
    for at in order:
        size = len(told[at][0].content) + 3
        if len(chosen) < most and (size <= characters or not chosen):
            chosen.append(at)
            characters -= size
    return [told[at][0] for at in sorted(chosen)]
