"""Which importances are doubtful, and how far a second opinion may move one: pure.

The features of `nrem.policy.score` are sure of what is clearly important or clearly not. Between
lies a band in which a model's opinion is worth asking for.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nrem.policy.setting import number


@dataclass(frozen=True, slots=True, kw_only=True)
class AppraisePolicy:
    """The band of doubtful importances; both ends belong to it."""

    above: float = number(0.3, 0.0, 1.0)
    below: float = number(0.45, 0.0, 1.0)
    # How far an importance is moved at most.
    max_change: float = number(0.3, 0.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubtful:
    """A memory whose importance is doubtful, as it was read."""

    memory_id: int
    version: int
    content: str
    # 0..1
    importance: float
    # working, episodic, semantic or procedural
    memory_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraised:
    """A memory gets another importance, if it is at the version that was judged."""

    memory_id: int
    version: int
    before: float
    # 0..1
    importance: float


def is_doubtful(importance: float, policy: AppraisePolicy) -> bool:
    """Whether an importance that nobody gave lies in the band."""
    return policy.above <= importance <= policy.below


def judge(
    found: Iterable[Doubtful], opinions: Mapping[int, float], policy: AppraisePolicy
) -> Sequence[Appraised]:
    """What to write: each opinion, as far as an importance may move; one that is equal is left out.

    An opinion about a memory that was not asked about counts for nothing.
    """
    judged = [
        Appraised(
            memory_id=one.memory_id,
            version=one.version,
            before=one.importance,
            importance=_moved(one.importance, opinions[one.memory_id], policy.max_change),
        )
        for one in found
        if one.memory_id in opinions
    ]
    return tuple(one for one in judged if one.importance != one.before)


def _moved(before: float, wanted: float, most: float) -> float:
    return min(max(wanted, before - most, 0.0), before + most, 1.0)
