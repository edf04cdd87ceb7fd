"""Which policy was in force when: a change of policy holds from its instant on, never before.

A memory that a late sweep looks at is judged by the policy of each instant it lived through, so the
lateness of the sweep changes nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from nrem.policy.params import Policy


@dataclass(frozen=True, slots=True)
class Timeline:
    """A policy for all time, and those that replaced it, each from its instant on."""

    first: Policy
    changes: tuple[tuple[datetime, Policy], ...] = ()

    @classmethod
    def of(cls, changes: Sequence[tuple[datetime, Policy]]) -> "Timeline":
        """The defaults, replaced by `changes` (in the order in which they came)."""
        return cls(Policy.default(), tuple(changes))

    def at(self, instant: datetime) -> Policy:
        """The policy in force at `instant`."""
        found = self.first
        for start, policy in self.changes:
            if start > instant:
                break
            found = policy
        return found

    def between(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, Policy]]:
        """The changes after `start`, up to and with `end`."""
        return ((at, policy) for at, policy in self.changes if start < at <= end)

    def followed_by(self, policy: Policy, at: datetime) -> "Timeline":
        """This timeline with one more change."""
        return Timeline(self.first, (*self.changes, (at, policy)))
