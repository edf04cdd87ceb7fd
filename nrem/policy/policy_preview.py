"""What a policy would do to memories: at once, and within 30 days, beside the policy in force.

A memory counts once per look, by the state it would be in. Nobody is assumed to use it meanwhile.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from nrem.policy.life import Life, Settled, settle
from nrem.policy.model import State
from nrem.policy.params import Policy
from nrem.policy.timeline import Timeline

DAYS: Final = 30
_HORIZON: Final = timedelta(days=DAYS)
_MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Choice:
    """The policies as they are, and with one more from `since` on."""

    before: Timeline
    after: Timeline
    since: datetime

    @classmethod
    def of(cls, timeline: Timeline, policy: Policy, now: datetime) -> "Choice":
        """Whether `policy` is to follow from `now` on, but not before the last change."""
        last = timeline.changes[-1][0] + _MICROSECOND if timeline.changes else now
        since = max(now, last)
        return cls(timeline, timeline.followed_by(policy, since), since)


@dataclass(slots=True)
class Tally:
    """How many memories would enter which state."""

    scanned: int = 0
    # neither now nor within 30 days is there a difference
    unchanged: int = 0
    # at once, for the new policy alone
    now: Counter[State] = field(default_factory=Counter)
    # within 30 days, with what comes at once, under the policy in force and under the new one
    before: Counter[State] = field(default_factory=Counter)
    after: Counter[State] = field(default_factory=Counter)


def count(tally: Tally, lives: Iterable[tuple[Life, bool]], choice: Choice) -> None:
    """Add memories to the tally; the flag says that a legal hold keeps the memory."""
    for life, is_kept in lives:
        _count(tally, life, choice, purges=not is_kept)


def _count(tally: Tally, life: Life, choice: Choice, *, purges: bool) -> None:
    soon = choice.since + _MICROSECOND
    was = settle(life, choice.before, soon, purges=purges)
    becomes = settle(life, choice.after, soon, purges=purges)
    today, at_once = was.facts.state, becomes.facts.state
    was_then = _later(life, choice.before, was, choice.since, purges=purges)
    becomes_then = _later(life, choice.after, becomes, choice.since, purges=purges)
    tally.scanned += 1
    tally.unchanged += at_once is today and becomes_then is was_then
    for counter, state in (
        (tally.now, at_once),
        (tally.before, was_then),
        (tally.after, becomes_then),
    ):
        if state is not today:
            counter[state] += 1


def _later(life: Life, timeline: Timeline, soon: Settled, now: datetime, *, purges: bool) -> State:
    """The state in 30 days; nothing needs to be followed when nothing comes until then."""
    if soon.upcoming is None or soon.upcoming.at > now + _HORIZON:
        return soon.facts.state
    return settle(life, timeline, now + _HORIZON, purges=purges).facts.state
