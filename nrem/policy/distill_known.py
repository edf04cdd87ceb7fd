"""Which memos say something new, held against what is known and against each other: pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from nrem.policy.consolidate_model import Vector
from nrem.policy.consolidate_repeat import Meaning, is_duplicate
from nrem.policy.distill import Memo
from nrem.policy.params import ConsolidatePolicy
from nrem.policy.text import fingerprint_text

Found = tuple[Memo, Vector]
_Said = tuple[Meaning, Vector]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A live semantic or procedural memory of a subject."""

    subject_id: int
    content: str
    vector: Vector


def text_key(subject_id: int, content: str) -> tuple[int, str]:
    """Equal for texts of one subject that differ in case, width, spaces or a closing stop only."""
    return subject_id, fingerprint_text(content)


def fresh(
    found: Sequence[Found],
    known: Sequence[Known],
    said: frozenset[tuple[int, str]],
    policy: ConsolidatePolicy,
) -> list[Found]:
    """The memos that say something new, in their order.

    One that repeats a fuller one of the same job gives it its sources. `said` are the keys of texts
    that are known. A summary repeats facts by its nature: only its text counts.
    """
    shelf = _Shelf(policy)
    for one in known:
        shelf.known.setdefault(one.subject_id, []).append((Meaning.of(one.content), one.vector))
    new = [
        (at, memo, vector)
        for at, (memo, vector) in enumerate(found)
        if text_key(memo.subject_id, memo.content) not in said
    ]
    for at, memo, vector in sorted(new, key=lambda one: (-len(one[1].content), one[0])):
        shelf.put(at, memo, vector)
    return [shelf.kept[at] for at in sorted(shelf.kept)]


@dataclass(slots=True)
class _Shelf:
    policy: ConsolidatePolicy
    known: dict[int, list[_Said]] = field(default_factory=dict)
    kept: dict[int, Found] = field(default_factory=dict)
    _facts: dict[int, list[tuple[_Said, int]]] = field(default_factory=dict)

    def put(self, at: int, memo: Memo, vector: Vector) -> None:
        """Keep a memo under its place, unless it repeats what is known or kept."""
        if memo.is_summary:
            self.kept[at] = (memo, vector)
            return
        own = (Meaning.of(memo.content), vector)
        if any(is_duplicate(own, one, self.policy) for one in self.known.get(memo.subject_id, ())):
            return
        facts = self._facts.setdefault(memo.subject_id, [])
        first = next((to for one, to in facts if is_duplicate(own, one, self.policy)), None)
        if first is None:
            facts.append((own, at))
            self.kept[at] = (memo, vector)
        else:
            fuller, its = self.kept[first]
            self.kept[first] = (_joined(fuller, memo), its)


def _joined(memo: Memo, repeat: Memo) -> Memo:
    sources = {one.memory_id: one for one in (*memo.sources, *repeat.sources)}
    return replace(memo, sources=tuple(sources[number] for number in sorted(sources)))
