"""A worker that erases with a part left out: what `nrem proof --sabotage` is to notice.

Start: `python -m tests.proof.worker PART`. It polls as `python -m worker.poll` does.
"""

import sys
from collections.abc import Callable, Mapping
from typing import Any, Final
from unittest.mock import patch

from sqlalchemy import Connection

from nrem.store import erase_reach, rewrite
from nrem.store.statement import statement
from worker import poll
from worker.erasing import Step
from worker.passes import PASSES, erase


def _nothing_came_of_it(*_given: object) -> tuple[int, int, int, int, int]:
    return 0, 0, 0, 0, 0


def _log_is_as_it_was(conn: Connection, since: int) -> None:
    conn.execute(statement("rewrite_note"), {"name": rewrite.LOG, "before_xid": since})


def _without(name: str) -> tuple[Step, ...]:
    """The steps, one of which does nothing."""
    return tuple(
        Step(name=one.name, becomes=one.becomes) if one.name == name else one for one in erase.STEPS
    )


# What is in whose place: a module, a name of it, and the other thing.
PARTS: Final[Mapping[str, Callable[[], tuple[Any, str, Any]]]] = {
    "skip-derived": lambda: (erase_reach, "note_derived", _nothing_came_of_it),
    "skip-wal": lambda: (rewrite, "cycle_log", _log_is_as_it_was),
    "skip-rewrite": lambda: (erase, "STEPS", _without("rewrite")),
}


def main() -> int:
    """As `worker.poll`."""
    module, name, other = PARTS[sys.argv[1]]()
    with patch.object(module, name, other):
        pass_ = erase.pass_of(erase.STEPS)
        duties = tuple(pass_ if one.name == pass_.name else one for one in PASSES)
        duties = tuple(one for one in duties if one.sweep is None)
        with patch.object(poll, "OF_ORGS", duties):
            return poll.main()


if __name__ == "__main__":
    sys.exit(main())
