"""What knowledge must answer of its evidence: what most of the episodes have in common.

Episodes fade and knowledge does not, so the episodes themselves do not count as answers. One that
was superseded is asked for nothing: what it said is true no more. Pure.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from nrem.policy.drift import Probe, is_answered
from nrem.policy.model import MemoryType
from nrem.policy.params_drift import DriftPolicy
from nrem.policy.promote_alike import Aspect
from nrem.policy.promote_behaviour import behaviour
from nrem.policy.promote_model import Draft, Episode, Promotions

# What was shown beside the words; the photographs of two outings may look alike.
_ASIDE: Final = re.compile(r"\[[^\[\]]*\]")


def asked(promotions: Promotions) -> tuple[Probe, ...]:
    """A probe for each new memory, numbered by their places."""
    made = (_probe(at, one.draft) for at, one in enumerate(promotions.promote, start=1))
    return tuple(one for one in made if one.words)


def rows(promotions: Promotions) -> list[frozenset[str]]:
    """By which words each new memory answers."""
    return [_row(one.draft) for one in promotions.promote]


def is_told(draft: Draft, policy: DriftPolicy) -> bool:
    """Whether a draft answers what its evidence has in common, or as much may be lost."""
    asked = _probe(1, draft)
    return policy.max_lost_share >= 1.0 or is_answered(asked, [_row(draft)], policy)


def _row(draft: Draft) -> frozenset[str]:
    its = Aspect.of(draft.content)
    return its.words | its.topics


def _probe(number: int, draft: Draft) -> Probe:
    aspects = [Aspect.of(text) for text in _told(draft)]
    answer = _in_all(one.names for one in aspects) | _in_all(one.numbers for one in aspects)
    return Probe(
        number=number,
        statement=draft.content,
        words=_common([one.topics for one in aspects]) | answer,
        answer=answer,
    )


def _told(draft: Draft) -> Iterator[str]:
    """What each episode says; of a behaviour, in which situation what was done."""
    for one in draft.episodes:
        its = _behaviour(draft, one)
        yield _ASIDE.sub(" ", its if its is not None else one.content)


def _behaviour(draft: Draft, episode: Episode) -> str | None:
    if draft.memory_type is not MemoryType.PROCEDURAL:
        return None
    found = behaviour(episode.content, episode.metadata)
    return f"When {found.situation}, {found.action}." if found else None


def _common(several: Sequence[frozenset[str]]) -> frozenset[str]:
    """What more than half of them hold."""
    every = frozenset[str]().union(*several)
    return frozenset(
        one for one in every if 2 * sum(one in held for held in several) > len(several)
    )


def _in_all(several: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset[str].intersection(*several)
