"""appraise: a memory whose importance is doubtful gets a second opinion, from a model.

Reads: queued memories that are live, not pinned, and have the importance that `score` gave them.
Writes: their importance, as a new version, and what it did to each. Safe to repeat because an
opinion is written only over the version that was judged. Without a model it does nothing and says
so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from nrem.llm.provider import AppraisalInput, AppraisalProposal
from nrem.policy.appraise import Appraised, Doubtful, judge
from nrem.store import appraise, inbox, run_change
from worker.changes import Change, Changes
from worker.contract import Pass, Shape, Work
from worker.gathering import each

NAME: Final = "appraise"
_GONE: Final = "nothing_left_to_appraise"

# By the subject that they are about: no request holds the words of two persons.
Found = Mapping[int, tuple[Doubtful, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to write."""

    appraised: tuple[Appraised, ...]
    asked: tuple[AppraisalProposal, ...]


def claim(conn: Connection, job: Work, _limit: int) -> Found:
    """The claimed memories that may get another importance."""
    return appraise.read(conn, job.org_id, [item.item_id for item in job.items])


def propose(job: Work, found: Found) -> list[AppraisalProposal]:
    """How much each of them matters; no transaction is open here."""
    asked = [
        AppraisalInput(memories=memories, subject_id=subject_id)
        for subject_id, memories in found.items()
    ]
    return each(job.tools.provider.propose_importances, asked)


def decide(found: Found, asked: list[AppraisalProposal], job: Work) -> Verdict:
    """What to write: opinions that differ, as far as an importance may move."""
    opinions = {number: value for its in asked for number, value in its.opinions.items()}
    memories = [one for its in found.values() for one in its]
    judged = judge(memories, opinions, job.policy.appraise)
    return Verdict(appraised=tuple(judged), asked=tuple(asked))


def apply(conn: Connection, job: Work, verdict: Verdict) -> Changes:
    """Write it down, over the versions that were judged."""
    changes = appraise.write(conn, job.org_id, verdict.appraised, job.timeline, job.now)
    run_change.add(conn, job.org_id, job.run_id, changes)
    changed = {one.memory_id for one in changes}
    reason = next((its.reason for its in verdict.asked if its.reason), None)
    return Changes(
        read=len(job.items),
        proposed=sum(len(its.opinions) for its in verdict.asked),
        changed=len(changes),
        reason=reason or (None if verdict.asked else _GONE),
        engine=next((its.engine for its in verdict.asked), None),
        cost_usd=sum(its.cost_usd for its in verdict.asked),
        detail={"appraised": sorted(changed)},
        diff=tuple(_line(one) for one in verdict.appraised if one.memory_id in changed),
    )


def _line(one: Appraised) -> Change:
    return Change(
        kind="memory",
        id=one.memory_id,
        before=f"importance {one.before:.3g}",
        after=f"importance {one.importance:.3g}",
        reason="a model thinks so",
    )


def next_due(conn: Connection, job: Work) -> datetime | None:
    """When the next queued memory is due."""
    return inbox.next_due(conn, job.org_id, NAME)


APPRAISE: Final = Pass(
    name=NAME,
    shape=Shape.BATCH,
    batch=16,
    # as many calls, one after the other, each of which may take a minute
    lease_seconds=1_020.0,
    gathers=True,
    claim=claim,
    propose=propose,
    decide=decide,
    apply=apply,
    next_due=next_due,
)
