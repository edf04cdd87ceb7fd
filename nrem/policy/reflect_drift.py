"""What a person's log must still answer when it was shortened: probes of the observations that go.

The answers are in the observations that stay and in those that are written. Pure.
"""

from collections.abc import Sequence

from nrem.policy.drift import Probe, probes, words_of
from nrem.policy.edits import Judged
from nrem.policy.reflect_model import Logged


def asked(batch: Sequence[Logged], judged: Judged) -> tuple[Probe, ...]:
    """The probes of the observations that go, in the order of their ordinals."""
    gone = _gone(judged)
    return probes(one.text for one in batch if one.ordinal in gone)


def rows(batch: Sequence[Logged], judged: Judged) -> list[frozenset[str]]:
    """What of the batch is active afterwards."""
    gone = _gone(judged)
    return [
        *(words_of(one.text) for one in batch if one.ordinal not in gone),
        *(words_of(one.text) for one in judged.written),
    ]


def _gone(judged: Judged) -> set[int]:
    return {ordinal for one in judged.written for ordinal in one.sources} | {
        ordinal for ordinal, _ in judged.covered
    }
