"""What of a window is worth noting, in the words that were said: extractive and deterministic.

One draft for each statement that `nrem.policy.consolidate_extract` finds; how much it matters is
told by the features of its score, the day it is about by the first whole date that it names.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

from nrem.policy.consolidate_extract import extract
from nrem.policy.consolidate_model import Candidate, Trust, Turn
from nrem.policy.observe_date import named_day
from nrem.policy.observe_model import ObserveDraft, ObserveInput, Priority
from nrem.policy.score import Score

# Weight at or above which a statement is of that priority: on the sample conversation half
# are high and a quarter is low.
_LEVELS: Final = ((0.6, Priority.HIGH), (0.45, Priority.MEDIUM))
# Who somebody is, what he likes, and what is to be remembered matters beyond its day.
_LASTING: Final = frozenset({"identity", "preference", "remember"})
_LASTING_BONUS: Final = 0.2


def drafts(window: ObserveInput) -> tuple[ObserveDraft, ...]:
    """One draft per statement of the window, in the order said.

    Raises: ValueError when an instant is naive.
    """
    numbers = {turn.event_id: turn.seq for turn in window.turns}
    found = extract(_in_zone(window), weights=window.weights)
    return tuple(_draft(one, numbers) for one in found.candidates)


def priority_of(scored: Score, trust: Trust) -> Priority:
    """How much a statement of this score matters; what a person says of himself matters more."""
    features = {part.name for part in scored.parts if part.value > 0.0}
    weight = scored.importance
    if trust is Trust.USER and features & _LASTING:
        weight += _LASTING_BONUS
    return next((one for level, one in _LEVELS if weight >= level), Priority.LOW)


def _in_zone(window: ObserveInput) -> list[Turn]:
    """The turns at the person's own time of day: "tomorrow" is the day after theirs."""
    zone = ZoneInfo(window.timezone)
    return [replace(one, occurred_at=one.occurred_at.astimezone(zone)) for one in window.turns]


def _draft(one: Candidate, numbers: Mapping[int, int]) -> ObserveDraft:
    day = named_day(one.content)
    return ObserveDraft(
        text=one.content,
        priority=priority_of(one.score, one.trust) if one.score else Priority.LOW,
        sources=tuple(numbers[event] for event in one.source_event_ids),
        referenced_date=day.isoformat() if day else None,
    )
