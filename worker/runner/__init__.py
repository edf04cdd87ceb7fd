"""The one place that claims, leases, commits and records; it drives every pass.

`drain` runs one pass until nothing is due for it. Each step takes the org that had least of the
workers' time, so no org waits behind another's backlog. Attempts are counted where work is
claimed, in a transaction of its own: a killed process counts as a try, and poison is set aside.
"""

import math
from dataclasses import replace
from typing import Final

from nrem.clock import monotonic
from worker.contract import Pass
from worker.runner.outcome import Cause, Outcome
from worker.runner.stage import find_orgs, reason, rehearse, step, worst
from worker.runner.step import Setting

__all__ = [
    "Cause",
    "Outcome",
    "Setting",
    "drain",
    "reason",
    "rehearse",
    "step",
    "summon",
    "worst",
]

# A drain ends after this long, so that one pass cannot keep a worker from the others.
_DRAIN_SECONDS: Final = 30.0


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
    orgs = [setting.only_org] if setting.only_org is not None else find_orgs(setting)
    outcomes: list[Outcome] = []
    for number in orgs:
        summoned = replace(setting, only_org=number, is_summoned=True)
        outcomes += drain(summoned, duty, seconds=math.inf)
    return outcomes
