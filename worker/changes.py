"""What a step changed, and what it must not lose by that."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nrem.policy import drift
from nrem.policy.drift import Drift, Probe


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of a diff, for a dry run: what an item was and what it is to be."""

    kind: str
    # None: it does not exist yet; then `name` tells it from the others
    id: int | None
    before: str | None
    after: str
    reason: str | None = None
    name: str | None = None
    # what it is made from: events and memories, by number
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What `apply` wrote: counts and ids for the run row, and who has work because of it."""

    read: int
    proposed: int = 0
    changed: int = 0
    reason: str | None = None
    engine: str | None = None
    # of asking models for it
    cost_usd: float = 0.0
    detail: Mapping[str, Any] = field(default_factory=dict)
    # the passes that have work because of it, and in how many seconds
    due: Mapping[str, float] = field(default_factory=dict)
    diff: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """What the drift guard found of decisions, and what the run row says if it rejects them."""

    drift: Drift
    read: int
    proposed: int
    engine: str | None
    cost_usd: float

    def changes(self) -> Changes:
        """Of a run that is rejected."""
        return Changes(
            read=self.read,
            proposed=self.proposed,
            reason=drift.REASON,
            engine=self.engine,
            cost_usd=self.cost_usd,
            detail={"probes": self.drift.record()},
            diff=tuple(_lost(one) for one in self.drift.lost),
        )


def _lost(one: Probe) -> Change:
    return Change(
        kind="probe",
        id=None,
        name=f"probe {one.number}",
        before=one.statement,
        after="not answered",
        reason=drift.REASON,
    )
