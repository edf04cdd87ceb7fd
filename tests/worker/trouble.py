"""Trouble for passes: a process killed or frozen in the middle, an item nobody can process."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from worker.contract import Pass, Work

# Connections of the worker role that have a transaction open.
OPEN_TRANSACTIONS = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND usename = 'nrem_worker' "
    "AND (state LIKE 'idle in transaction%%' OR backend_xmin IS NOT NULL)"
)


class Killed(BaseException):
    """Ends a step as a kill does: nothing after it runs, what was committed stays."""


def killed(duty: Pass) -> Pass:
    """The pass, killed while it proposes."""

    def propose(_job: Work, _found: Any) -> Any:  # noqa: ANN401
        raise Killed

    return replace(duty, propose=propose)


def frozen(duty: Pass, meanwhile: Callable[[], object]) -> Pass:
    """The pass, frozen while it proposes for the first time; `meanwhile` happens then."""
    pending = [meanwhile]

    def propose(job: Work, found: Any) -> Any:  # noqa: ANN401
        if pending:
            pending.pop()()
        return duty.propose(job, found)

    return replace(duty, propose=propose)


def poisoned(duty: Pass, is_poison: Callable[[Any], bool]) -> Pass:
    """The pass, unable to judge what `is_poison` finds among the claimed."""

    def decide(found: Iterable[Any], proposals: Any, job: Work) -> Any:  # noqa: ANN401
        if any(is_poison(one) for one in found):
            raise ValueError("what a person said must not be repeated here")
        return duty.decide(found, proposals, job)

    return replace(duty, decide=decide)
