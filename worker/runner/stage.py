"""Drives steps: one for real, or a whole pass as a rehearsal that is rolled back.

What was rehearsed can be performed: done again in a transaction that is kept, if it comes out the
same. Both take a whole pass, of one org, as one script.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from nrem.errors import LostLease, PassError
from nrem.store import engine, org
from nrem.store.number import Numbers
from worker.changes import Changes
from worker.contract import Pass, Plan, Rehearsed, Scene, Shape, Work
from worker.passes import BY_NAME
from worker.runner import batch, leased, sweep
from worker.runner.naming import Naming
from worker.runner.outcome import Outcome
from worker.runner.rehearsal import Memo, NotProposed, Rehearsal
from worker.runner.step import Setting, Step

_log = structlog.get_logger("worker")
_FAILURES: Final = frozenset(("failed", "parked"))

# A try repeats every step before the first whose proposal was missed: twice as many may take four
# times as long, and nobody reads the diff of so many sessions.
MOST_STEPS: Final = 50
# Tries, of those that ended for a lock that somebody else had.
_MOST_WAITS: Final = 3
_MOST_TRIES: Final = 2 * MOST_STEPS + _MOST_WAITS
MORE: Final = "more_is_due"

_DRIVES: Final[dict[Shape, Callable[[Step], Outcome | None]]] = {
    Shape.SWEEP: sweep.drive,
    Shape.BATCH: batch.drive,
    Shape.LEASED: leased.drive,
}


def step(setting: Setting, duty: Pass) -> Outcome | None:
    """One claim of one org's work, or None when no org has any that is due."""
    its = Step(setting=setting, duty=duty, stage=Theatre(setting=setting))
    try:
        outcome = _DRIVES[duty.shape](its)
    except LostLease:
        _log.warning("run.fenced", duty=duty.name, org=its.org_id)
        return Outcome(org_id=its.org_id or 0, outcome="fenced")
    except NotProposed:
        return Outcome(org_id=its.org_id or 0, outcome="missed")
    # After the commit: a line about a run that was rolled back would be false.
    if outcome is not None and outcome.run_id is not None and setting.rehearsal is None:
        _tell(setting, duty, outcome)
    return outcome


def _tell(setting: Setting, duty: Pass, outcome: Outcome) -> None:
    """One structured line per run: ids and counts, never content."""
    tell = _log.warning if outcome.outcome in _FAILURES else _log.info
    tell(
        f"{duty.name}.{outcome.outcome}",
        org=outcome.org_id,
        run=outcome.run_id,
        stream=outcome.stream_id,
        read=outcome.changes.read,
        proposed=outcome.changes.proposed,
        changed=outcome.changes.changed,
        reason=outcome.changes.reason,
        cause=outcome.cause,
        task=setting.cause.task_id,
    )


def rehearse(setting: Setting, duty: Pass) -> list[Outcome]:
    """What a pass would do for the one org, or for each, due or not; nothing of it is done.

    Raises: PassError when its sources change faster than it can be told.
    """
    # a duty of the whole system is none of an org's
    orgs = [setting.only_org] if setting.only_org is not None or duty.sweep else find_orgs(setting)
    return [
        outcome
        for number in orgs
        for outcome in _Script(setting=replace(setting, only_org=number), duty=duty).rehearse()
    ]


def find_orgs(setting: Setting) -> list[int]:
    """The numbers of all orgs."""
    with engine.begin(setting.database) as conn:
        return org.find_all(conn)


def worst(outcomes: list[Outcome]) -> str:
    """The worst that happened, else whether anything changed."""
    found = {its.outcome for its in outcomes}
    ranked = ("parked", "failed", "rejected", "applied", "deferred", "noop")
    return next((name for name in ranked if name in found), "noop")


def reason(outcomes: list[Outcome]) -> str | None:
    """Why not all was done; that nothing more is due is none, unless nothing was."""
    reasons = [its.changes.reason for its in outcomes if not its.is_last or len(outcomes) == 1]
    return MORE if MORE in reasons else next(filter(None, reasons), None)


@dataclass(slots=True, kw_only=True)
class _Script:
    """A pass to be done as a whole for one org, and what its tries share."""

    setting: Setting
    duty: Pass
    only_subject: int | None = None
    # end after so many steps that changed something
    steps: int | None = None
    memo: Memo = field(default_factory=Memo)
    numbers: Numbers = field(default_factory=Numbers)

    def rehearse(self) -> list[Outcome]:
        """Try until no proposal is missed; each try is rolled back.

        Raises: PassError when there is no end to it.
        """
        waits = 0
        for _ in range(_MOST_TRIES):
            try:
                outcomes = self._try()
            except OperationalError:
                waits += 1
                if waits > _MOST_WAITS:
                    raise
            else:
                if not self.memo.propose():
                    return outcomes
        raise PassError("sources_keep_changing")

    def _try(self) -> list[Outcome]:
        with self.setting.database.connect() as conn, conn.begin() as whole:
            try:
                return self.play(conn, self.setting.now)[0]
            finally:
                whole.rollback()

    def play(
        self, conn: Connection, now: datetime | None
    ) -> tuple[list[Outcome], dict[str, datetime]]:
        """Do every step in this transaction; answers which passes have work because of it."""
        engine.give_way(conn)
        self.numbers.lend(conn)
        rehearsal = Rehearsal(conn=conn, memo=self.memo, only_subject=self.only_subject)
        setting = replace(self.setting, rehearsal=rehearsal, now=now)
        return list(self._named(self._outcomes(setting))), rehearsal.due

    def _outcomes(self, setting: Setting) -> Iterator[Outcome]:
        changed = done = 0
        while self.steps is None or changed < self.steps:
            missed = len(self.memo.missed)
            outcome = step(setting, self.duty)
            if outcome is None:
                return
            if done == MOST_STEPS and self.duty.shape is not Shape.SWEEP and not outcome.is_last:
                # It was one too many; what it missed is not asked for.
                del self.memo.missed[missed:]
                yield Outcome(
                    org_id=outcome.org_id, outcome="deferred", changes=Changes(read=0, reason=MORE)
                )
                return
            yield outcome
            if outcome.is_last or self.duty.sweep is not None:
                return
            done += 1
            changed += outcome.outcome == "applied"

    def _named(self, outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
        """Each outcome, its lines named before the next step begins."""
        before = 0
        for outcome in outcomes:
            naming = Naming(before=before, given=self.numbers.given)
            diff = tuple(naming.renamed(line) for line in outcome.changes.diff)
            yield replace(outcome, changes=replace(outcome.changes, diff=diff))
            before = len(naming.given)


@dataclass(frozen=True, slots=True, kw_only=True)
class Theatre:
    """Where a pass has another one rehearsed; see `worker.contract.Stage`."""

    setting: Setting

    def rehearse(self, job: Work, plan: Plan) -> Rehearsed:
        """What the pass would do; nothing of it is done.

        Raises: PassError when it cannot be told.
        """
        duty = BY_NAME.get(plan.pass_name)
        if duty is None or not duty.previews:
            raise PassError("pass_not_shown")
        cause = replace(self.setting.cause, name=plan.cause)
        script = _Script(
            setting=replace(
                self.setting,
                cause=cause,
                only_org=job.org_id,
                is_summoned=False,
                rehearsal=None,
            ),
            duty=duty,
            only_subject=plan.only_subject,
            steps=plan.steps,
        )
        return replace(_rehearsed(script.rehearse()), script=script)

    def perform(self, conn: Connection, rehearsed: Rehearsed) -> Rehearsed | None:
        """Do in this transaction what was rehearsed; None, and nothing, if it differs by now."""
        script: _Script = rehearsed.script
        script.steps = len(rehearsed.scenes)
        now = engine.instant(conn)
        with conn.begin_nested() as part:
            outcomes, due = script.play(conn, now)
            performed = _rehearsed(outcomes)
            if performed.scenes != rehearsed.scenes:
                part.rollback()
                return None
        delays = {name: max(0.0, (at - now).total_seconds()) for name, at in due.items()}
        return replace(performed, due=delays)


def _rehearsed(outcomes: list[Outcome]) -> Rehearsed:
    applied = [its for its in outcomes if its.outcome == "applied"]
    return Rehearsed(
        scenes=tuple(
            Scene(
                ref_id=its.ref_id,
                read=its.changes.read,
                proposed=its.changes.proposed,
                diff=its.changes.diff,
            )
            for its in applied
        ),
        read=sum(its.changes.read for its in outcomes),
        proposed=sum(its.changes.proposed for its in outcomes),
        outcome=worst(outcomes),
        reason=reason(outcomes),
        run_ids=tuple(its.run_id for its in applied if its.run_id is not None),
    )
