"""What a step of an erasure is: three verbs, as those of a pass, and the state that it leaves.

The pass `erase` takes the first step that is not done, and commits what it wrote with the state
behind its fence. A step may be killed anywhere and is begun again: `work` must bear that. One that
has to wait raises `nrem.errors.Deferred`; any other error is a try that failed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

from nrem.policy.erase import State
from nrem.store.erase import NO_FACTS, Erasure, Facts
from worker.contract import Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a step did."""

    # False: there is more of it, so it comes again, and the state stays
    is_done: bool = True
    facts: Facts = NO_FACTS
    # another state than the step's; then it goes on behind the step `back_to`
    becomes: State | None = None
    back_to: str | None = None
    # why it is another: told to whoever asks how far it has come
    error: str | None = None
    changed: int = 0


DONE: Final = Done()


def _read_nothing(_conn: Connection, _job: Work, _its: Erasure) -> Any:  # noqa: ANN401
    return None


def _work_nothing(_job: Work, _its: Erasure, found: Any) -> Any:  # noqa: ANN401
    return found


def _write_nothing(_conn: Connection, _job: Work, _its: Erasure, _made: Any) -> Done:  # noqa: ANN401
    return DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step. Each verb is given the erasure as it stands."""

    name: str
    # of the erasure once it is done
    becomes: State
    # in a short transaction that is committed
    read: Callable[[Connection, Work, Erasure], Any] = _read_nothing
    # No transaction is open, and it may take long: files, keys, connections of its own
    # (`job.tools.database` is where transactions for the org are begun, with nrem.store.engine).
    work: Callable[[Work, Erasure, Any], Any] = _work_nothing
    # in the transaction that writes the state, behind the fence of the lease
    write: Callable[[Connection, Work, Erasure, Any], Done] = _write_nothing


def next_step(steps: Sequence[Step], its: Erasure) -> Step | None:
    """The first step that is not done; None after the last."""
    names = [one.name for one in steps]
    place = names.index(its.step) + 1 if its.step is not None else 0
    return steps[place] if place < len(steps) else None
