"""From what is written down of a memory to how it stands: its crossings and uses, in their order.

    settle(settle(life, t1), t2) = settle(life, t2)    for every t1 <= t2

So it does not matter how often or how late a pass writes down what has happened, nor whether it
ever does: whoever reads a memory settles it first.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from nrem.policy.decay import Crossing, next_crossing
from nrem.policy.model import MemoryFacts, Reason, State, Tier, in_utc
from nrem.policy.params import Policy
from nrem.policy.state import escalate
from nrem.policy.timeline import Timeline

# What time took out of recall comes back when a use is told late that came before it.
_BY_TIME: Final = frozenset({Reason.IDLE, Reason.FADED})


@dataclass(frozen=True, slots=True)
class Life:
    """What is written down: the facts, and the uses that are not part of them yet."""

    facts: MemoryFacts
    accesses: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Passed:
    """A change of state or tier that has happened."""

    at: datetime
    before: State | Tier
    after: State | Tier
    reason: Reason

    @property
    def kind(self) -> str:
        """`state` or `tier`."""
        return "tier" if isinstance(self.after, Tier) else "state"


@dataclass(frozen=True, slots=True)
class Settled:
    """How a memory stands at an instant, what happened until then, and what time brings next."""

    facts: MemoryFacts
    passed: tuple[Passed, ...]
    upcoming: Crossing | None


def settle(life: Life, timeline: Timeline, now: datetime, *, purges: bool = True) -> Settled:
    """What became of a memory by `now`: each crossing at its own instant, each use at its.

    At one instant a change of policy comes first, then a crossing, then a use: who asks then finds
    the memory as the crossing left it. A memory that is not live is not used. Without `purges` (a
    legal hold, or a pass that may not) it stays forgotten, and its purge is what comes next.
    """
    facts, now = _revived(life), in_utc(now)
    known = (facts.state_since, facts.last_access, facts.facts_since or facts.state_since)
    start = max(in_utc(instant) for instant in known)
    walk = _Walk(facts, timeline.at(start), start, purges=purges)
    walk.use_early(at for at in life.accesses if at < start)
    for at, change in _moments(life, timeline, start, now):
        walk.advance(at, is_reached=change is None)
        if change is None:
            walk.use(at)
        else:
            walk.change(at, change)
    walk.advance(now, is_reached=True)
    return walk.ended()


def _moments(
    life: Life, timeline: Timeline, start: datetime, now: datetime
) -> list[tuple[datetime, Policy | None]]:
    """Changes of policy, and uses (None), in their order."""
    uses = [(at, None) for at in life.accesses if start <= at <= now]
    if not uses and not timeline.changes:
        return []
    found: list[tuple[datetime, Policy | None]] = [*timeline.between(start, now), *uses]
    return sorted(found, key=lambda moment: (moment[0], moment[1] is None))


def _revived(life: Life) -> MemoryFacts:
    """The facts, live again where a use came before the crossing and was told after it."""
    facts = life.facts
    if facts.state is State.LIVE or facts.reason not in _BY_TIME:
        return facts
    uses = [at for at in life.accesses if facts.last_access < at < facts.state_since]
    if not uses:
        return facts
    return replace(facts, state=State.LIVE, state_since=min(uses), reason=None)


class _Walk:
    """One memory on its way through time."""

    def __init__(
        self, facts: MemoryFacts, policy: Policy, start: datetime, *, purges: bool
    ) -> None:
        self._facts = facts
        self._policy = policy
        self._since = start
        self._purges = purges
        self._passed: list[Passed] = []
        self._refused: Crossing | None = None

    def advance(self, until: datetime, *, is_reached: bool) -> None:
        """Pass the crossings before `until`, and the one at it when it is reached."""
        while self._refused is None:
            crossing = self._next()
            if crossing is None or crossing.at > until or (crossing.at == until and not is_reached):
                return
            if crossing.to is State.PURGED and not self._purges:
                self._refused = crossing
                return
            before = self._facts.state
            self._passed.append(Passed(crossing.at, before, crossing.to, crossing.reason))
            self._facts = replace(
                self._facts, state=crossing.to, state_since=crossing.at, reason=crossing.reason
            )

    def use(self, at: datetime) -> None:
        """Count a use; it escalates the tier when it brings the count to the mark."""
        facts = self._facts
        if facts.state is not State.LIVE:
            return
        count = facts.access_count + 1
        tier = escalate(facts.tier, count, self._policy.tiers)
        if tier is not facts.tier:
            self._passed.append(Passed(at, facts.tier, tier, Reason.USED))
        self._facts = replace(
            facts, access_count=count, tier=tier, last_access=max(facts.last_access, at)
        )

    def use_early(self, instants: Iterator[datetime]) -> None:
        """Count uses from before the facts were last written, told late."""
        for at in sorted(instants):
            self.use(at)

    def change(self, at: datetime, policy: Policy) -> None:
        """Go on under another policy."""
        self._policy = policy
        self._since = at

    def ended(self) -> Settled:
        """Where the walk has led to."""
        return Settled(self._facts, tuple(self._passed), self._refused or self._next())

    def _next(self) -> Crossing | None:
        return next_crossing(self._facts, self._policy, self._since)
