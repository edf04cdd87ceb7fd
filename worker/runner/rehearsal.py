"""What the steps of a rehearsal share: one transaction, and a memo of what was proposed.

No transaction may be open while a proposal is made. So a rehearsal takes each from the memo; where
that has none, the whole transaction is rolled back, the proposals that were missed are made, and
the rehearsal begins anew. Its last try is one short transaction in which every answer was known.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from nrem.errors import NremError
from nrem.policy.params import Policy
from worker.contract import Pass, Work


class NotProposed(NremError):  # noqa: N818 - an expected outcome, not a fault
    """Nothing was proposed for this yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What a pass proposes under a policy for what it found, or the error that it met."""

    policy: Policy
    found: Any
    answer: Any


@dataclass(slots=True, kw_only=True)
class Memo:
    """Proposals of one pass, by what was found."""

    known: list[_Known] = field(default_factory=list)
    missed: list[tuple[Pass, Work, Any]] = field(default_factory=list)

    def recall(self, duty: Pass, job: Work, found: Any) -> Any:  # noqa: ANN401 - each pass's own
        """What was proposed for an equal find; an error then met is raised again.

        Raises: NotProposed, when nothing was; `propose` will do it.
        """
        for one in self.known:
            if one.policy == job.policy and one.found == found:
                if isinstance(one.answer, Exception):
                    raise one.answer
                return one.answer
        self.missed.append((duty, job, found))
        raise NotProposed

    def propose(self) -> bool:
        """Propose whatever was missed, outside any transaction; False when nothing was."""
        missed, self.missed = self.missed, []
        for duty, job, found in missed:
            answer: Any
            try:
                answer = duty.propose(job, found)
            except Exception as error:  # noqa: BLE001 - a step of the rehearsal fails with it
                answer = error
            self.known.append(_Known(policy=job.policy, found=found, answer=answer))
        return bool(missed)


@dataclass(slots=True, kw_only=True)
class Rehearsal:
    """A pass done for one org inside one transaction, which its owner keeps or rolls back."""

    conn: Connection
    memo: Memo
    only_subject: int | None = None
    # streams that have nothing to do now
    skipped: list[int] = field(default_factory=list)
    # which passes have work because of it, and when: to be announced if it is kept
    due: dict[str, datetime] = field(default_factory=dict)

    def announce(self, name: str, due_at: datetime) -> None:
        """A pass has work at `due_at`."""
        self.due[name] = min(due_at, self.due.get(name, due_at))
