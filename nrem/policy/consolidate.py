"""What to write for one ended session: new memories, repeats merged, the rest dropped and why.

Pure, total and deterministic: the order of the arguments never matters. What counts as a repeat
stands in `nrem.policy.consolidate_repeat`. A statement is worth less where much of it is known;
whether it repeats another does not depend on that.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from nrem.policy.consolidate_model import (
    MAX_SOURCES,
    Candidate,
    Create,
    Decisions,
    Dropped,
    Known,
    Merge,
    Vector,
    least_trust,
)
from nrem.policy.consolidate_repeat import Meaning, is_duplicate
from nrem.policy.novelty import overlap
from nrem.policy.params import ConsolidatePolicy
from nrem.policy.score import compared, telling
from nrem.policy.text import lexemes

REPEATS_PINNED: Final = "repeats a pinned memory, which is never changed"
REPEATS_FULL: Final = "repeats a memory that already names enough sources"
REPEATS_SESSION: Final = "repeats what the session says often enough"
UNIMPORTANT: Final = "less important than the policy keeps"
OVER_CAP: Final = "more than the policy keeps of one session"

_Refused = list[tuple[Candidate, str]]


@dataclass(slots=True)
class _Group:
    """A statement and, folded into it, its repeats of the same session."""

    candidate: Candidate
    vector: Vector
    meaning: Meaning = field(init=False)

    def __post_init__(self) -> None:
        self.meaning = Meaning.of(self.candidate.content)


def decide(
    candidates: Sequence[tuple[Candidate, Vector]],
    known: Sequence[Known],
    policy: ConsolidatePolicy,
) -> Decisions:
    """The writes for a session; every source of a candidate ends in create, merge or dropped.

    `known` are live memories of the same subject; one left out can only mean that a repeat is
    created again. A working memory is never dropped for being unimportant: somebody stored it.
    """
    groups = sorted(
        (_Group(*one) for one in candidates),
        key=lambda one: (_order(one.candidate), array("d", one.vector).tobytes()),
    )
    refused: _Refused = []
    groups = _above(groups, policy.keep_above, refused)
    _compare(groups, known)
    groups = _folded(groups, policy, refused)
    groups, merges = _against(known, groups, policy, refused)
    groups = _above(groups, policy.keep_above, refused)
    groups = _capped(groups, policy.max_memories_per_session, refused)
    return Decisions(
        create=tuple(Create(candidate=one.candidate, vector=one.vector) for one in groups),
        merge=merges,
        dropped=_dropped(refused, groups, merges),
    )


def wanted(
    candidates: Iterable[Candidate], known: Sequence[Known], policy: ConsolidatePolicy
) -> list[Candidate]:
    """Those that `decide` keeps for their worth, repeats among them, in the order said.

    Where a session has more than the policy keeps of one, the most important of them.
    """
    said = [frozenset(lexemes(one.content)) for one in known]
    found = []
    for candidate in sorted(candidates, key=_order):
        if candidate.working or candidate.importance >= policy.keep_above:
            lowered = _lowered(candidate, Meaning.of(candidate.content), said)
            said.append(frozenset(lexemes(candidate.content)))
            if lowered.working or lowered.importance >= policy.keep_above:
                found.append(lowered)
    most = policy.max_memories_per_session
    chosen = sorted(found, key=lambda one: (-one.importance, _order(one)))[:most]
    return sorted(chosen, key=_order)


def _order(candidate: Candidate) -> tuple[object, ...]:
    return (
        candidate.occurred_at,
        candidate.source_event_ids,
        candidate.working,
        candidate.content,
        candidate.importance,
        candidate.speaker or "",
        candidate.trust,
    )


def _above(groups: list[_Group], level: float, refused: _Refused) -> list[_Group]:
    kept = []
    for one in groups:
        if one.candidate.working or one.candidate.importance >= level:
            kept.append(one)
        else:
            refused.append((one.candidate, UNIMPORTANT))
    return kept


def _folded(groups: list[_Group], policy: ConsolidatePolicy, refused: _Refused) -> list[_Group]:
    """Repeats folded into the fullest of them, the earliest among equals."""
    kept: list[_Group] = []
    for one in sorted(groups, key=lambda one: (-len(one.meaning.words), _order(one.candidate))):
        first = next((other for other in kept if _repeats(one, other, policy)), None)
        if first is None:
            kept.append(one)
        elif not _fold(first, one.candidate):
            refused.append((one.candidate, REPEATS_SESSION))
    return sorted(kept, key=lambda one: _order(one.candidate))


def _repeats(one: _Group, other: _Group, policy: ConsolidatePolicy) -> bool:
    return is_duplicate((one.meaning, one.vector), (other.meaning, other.vector), policy)


def _fold(first: _Group, repeat: Candidate) -> bool:
    """Add the repeat's sources to the group; False when it would name too many turns."""
    candidate = first.candidate
    events = tuple(sorted({*candidate.source_event_ids, *repeat.source_event_ids}))
    if len(events) > MAX_SOURCES:
        return False
    stronger = max(candidate, repeat, key=lambda one: (one.is_importance_given, one.importance))
    first.candidate = replace(
        candidate,
        source_event_ids=events,
        working=tuple(sorted({*candidate.working, *repeat.working})),
        importance=stronger.importance,
        score=stronger.score,
        is_importance_given=stronger.is_importance_given,
        trust=least_trust((candidate.trust, repeat.trust)),
    )
    return True


def _compare(groups: list[_Group], known: Sequence[Known]) -> None:
    """Lower the importance of statements by what of them is known, or was said before them.

    A working memory was compared when it was stored.
    """
    said = [frozenset(lexemes(one.content)) for one in known]
    for one in groups:
        one.candidate = _lowered(one.candidate, one.meaning, said)
        said.append(frozenset(lexemes(one.candidate.content)))


def _lowered(candidate: Candidate, meaning: Meaning, said: Sequence[frozenset[str]]) -> Candidate:
    """The candidate, worth less where much of it was said."""
    if candidate.score is None or candidate.working:
        return candidate
    # Neither the name before what somebody said nor the question before it counts.
    words = telling(candidate.content) & meaning.words
    scored = compared(candidate.score, overlap(words, said))
    return replace(candidate, score=scored, importance=scored.importance)


def _against(
    known: Sequence[Known], groups: list[_Group], policy: ConsolidatePolicy, refused: _Refused
) -> tuple[list[_Group], tuple[Merge, ...]]:
    ordered = sorted(known, key=lambda one: one.memory_id)
    meanings = [(Meaning.of(one.content), one.vector) for one in ordered]
    merges: dict[int, Merge] = {}
    fresh = []
    for group in groups:
        own = (group.meaning, group.vector)
        matching = (at for at, old in enumerate(meanings) if is_duplicate(own, old, policy))
        at = next(matching, None)
        if at is None:
            fresh.append(group)
        elif ordered[at].pinned:
            refused.append((group.candidate, REPEATS_PINNED))
        elif not _merge(merges, ordered[at], group.candidate):
            refused.append((group.candidate, REPEATS_FULL))
    return fresh, tuple(merges[at] for at in sorted(merges))


def _merge(merges: dict[int, Merge], known: Known, repeat: Candidate) -> bool:
    """Note the repeat's sources for the known memory; False when it would name too many turns."""
    before = merges.get(known.memory_id) or Merge(
        memory_id=known.memory_id,
        version=known.version,
        source_event_ids=(),
        working=(),
        importance=known.importance,
    )
    events = tuple(sorted({*before.source_event_ids, *repeat.source_event_ids}))
    if known.source_count + len(events) > MAX_SOURCES:
        return False
    merges[known.memory_id] = replace(
        before,
        source_event_ids=events,
        working=tuple(sorted({*before.working, *repeat.working})),
        importance=before.importance
        if known.is_importance_given
        else max(before.importance, repeat.importance),
    )
    return True


def _capped(groups: list[_Group], limit: int, refused: _Refused) -> list[_Group]:
    """The most important ones within the limit, in the order said."""
    by_weight = sorted(groups, key=lambda one: (-one.candidate.importance, _order(one.candidate)))
    refused += [(one.candidate, OVER_CAP) for one in by_weight[limit:]]
    return sorted(by_weight[:limit], key=lambda one: _order(one.candidate))


def _dropped(
    refused: _Refused, groups: Iterable[_Group], merges: Iterable[Merge]
) -> tuple[Dropped, ...]:
    """Events and working memories of which nothing is kept, each once, with its first reason."""
    events: dict[int, str] = {}
    closed: dict[int, str] = {}
    for candidate, reason in refused:
        for event_id in candidate.source_event_ids:
            events.setdefault(event_id, reason)
        for memory_id, _version in candidate.working:
            closed.setdefault(memory_id, reason)
    kept: list[Candidate | Merge] = [*(one.candidate for one in groups), *merges]
    for one in kept:
        for event_id in one.source_event_ids:
            events.pop(event_id, None)
        for memory_id, _version in one.working:
            closed.pop(memory_id, None)
    return (
        *(Dropped(event_id=at, reason=events[at]) for at in sorted(events)),
        *(Dropped(memory_id=at, reason=closed[at]) for at in sorted(closed)),
    )
