"""The one place that claims, leases, commits and records; it drives every pass.

`drain` runs one pass until nothing is due for it. Each step takes the org that had least of the
workers' time, so no org waits behind another's backlog. Attempts are counted where work is
claimed, in a transaction of its own: a killed process counts as a try, and poison is set aside.
"""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Final

import structlog

from nrem.clock import monotonic
from nrem.errors import LostLease
from nrem.store import engine, org
from worker.contract import Pass, Shape
from worker.runner import batch, leased, sweep
from worker.runner.step import Cause, Outcome, Setting, Step

__all__ = ["Cause", "Outcome", "Setting", "drain", "rehearse", "step", "summon"]

_log = structlog.get_logger("worker")

# A drain ends after this long, so that one pass cannot keep a worker from the others.
_DRAIN_SECONDS: Final = 30.0

_DRIVES: Final[dict[Shape, Callable[[Step], Outcome | None]]] = {
    Shape.SWEEP: sweep.drive,
    Shape.BATCH: batch.drive,
    Shape.LEASED: leased.drive,
}


def drain(setting: Setting, duty: Pass, *, seconds: float = _DRAIN_SECONDS) -> list[Outcome]:
    """Run a pass until nothing is due for it, or for `seconds`; answers what each step did."""
    ends, outcomes = monotonic() + seconds, []
    while outcome := step(setting, duty):
        outcomes.append(outcome)
        if duty.sweep is not None or outcome.is_last or monotonic() > ends:
            break
        setting = replace(setting, is_summoned=False)
    return outcomes


def summon(setting: Setting, duty: Pass) -> list[Outcome]:
    """Run a pass for the one org, or for each of them, due or not, until nothing is due for it.

    Also a pass that rests.
    """
    if duty.sweep is not None:
        return drain(setting, duty)
    orgs = [setting.only_org] if setting.only_org is not None else _orgs(setting)
    outcomes: list[Outcome] = []
    for number in orgs:
        summoned = replace(setting, only_org=number, is_summoned=True)
        outcomes += drain(summoned, duty, seconds=math.inf)
    return outcomes


def _orgs(setting: Setting) -> list[int]:
    if setting.rehearsal is not None:
        return org.find_all(setting.rehearsal)
    with engine.begin(setting.database) as conn:
        return org.find_all(conn)


def rehearse(setting: Setting, duty: Pass) -> list[Outcome]:
    """Summon a pass inside one transaction and roll it back: its changes are told, not made."""
    with setting.database.connect() as conn, conn.begin() as whole:
        try:
            return summon(replace(setting, rehearsal=conn), duty)
        finally:
            whole.rollback()


def step(setting: Setting, duty: Pass) -> Outcome | None:
    """One claim of one org's work, or None when no org has any that is due."""
    its = Step(setting=setting, duty=duty)
    try:
        outcome = _DRIVES[duty.shape](its)
    except LostLease:
        _log.warning("run.fenced", duty=duty.name, org=its.org_id)
        return Outcome(org_id=its.org_id or 0, outcome="fenced")
    # After the commit: a line about a run that was rolled back would be false.
    if outcome is not None and outcome.run_id is not None and setting.rehearsal is None:
        _tell(setting, duty, outcome)
    return outcome


def _tell(setting: Setting, duty: Pass, outcome: Outcome) -> None:
    """One structured line per run: ids and counts, never content."""
    _log.info(
        f"{duty.name}.{outcome.outcome}",
        org=outcome.org_id,
        run=outcome.run_id,
        read=outcome.changes.read,
        proposed=outcome.changes.proposed,
        changed=outcome.changes.changed,
        reason=outcome.changes.reason,
        cause=outcome.cause,
        task=setting.cause.task_id,
    )
