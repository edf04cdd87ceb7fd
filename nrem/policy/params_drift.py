"""The settings of the drift guard; part of the tree of `nrem.policy.params`."""

from dataclasses import dataclass

from nrem.policy.setting import number


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftPolicy:
    """How much of what could be answered before a run may be lost by it."""

    # Share of the probes that may go unanswered after a run; 1: any, the guard is off.
    max_lost_share: float = number(0.0, 0.0, 1.0)
    # Share of the telling words of a statement that the rows must hold which answer its probe.
    keep_words: float = number(0.6, 0.0, 1.0)
