"""`nrem purge --replay`: erasures are done again in a database that was restored from before them.

Nothing of nrem serves or works on such a database; this starts the database alone, and drives the
pass `erase` until the ledger and the database tell the same.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import Engine

from nrem import ids
from nrem.command import duty
from nrem.config import Settings
from nrem.digest import Digest
from nrem.embedded import stack
from nrem.erasure_ledger import Ledger, Line, Subject, ledger_of
from nrem.errors import NremError
from nrem.policy.erase import State
from nrem.store import engine, erasure_line, erasure_replay

# An erasure is previewed and carried out; one that grew meanwhile is asked again.
_MOST_ROUNDS: Final = 6

# The org and the number of an erasure.
_Number = tuple[int, int]


class NotReplayedError(NremError):
    """Not every erasure could be done again."""


def run(settings: Settings, progress: Callable[[str], None]) -> dict[str, Any]:
    """Do again what the database does not know of; `erasures` are those that it took.

    Raises: LedgerError when the ledger is not what it was; NotReplayedError when an erasure did not
    come to its end, ConflictError under a legal hold.
    """
    with stack.database_alone(settings, progress) as urls:
        api = engine.sync_engine(urls.api, engine.API, pool_size=1)
        worker = engine.sync_engine(urls.worker, engine.WORKER, pool_size=1)
        try:
            with engine.begin(api) as conn:
                engine.check(conn)
            return _replay(settings, ledger_of(settings), api, worker, progress)
        finally:
            api.dispose()
            worker.dispose()


def _replay(
    settings: Settings,
    ledger: Ledger,
    api: Engine,
    worker: Engine,
    progress: Callable[[str], None],
) -> dict[str, Any]:
    lacking = _lacking(worker, ledger)
    subjects = list({one.subject.identity: one.subject for one in lacking}.values())
    progress(f"the database does not know of {len(subjects)} erasures")
    digest = Digest(settings.load_pepper())
    found = [_take_up(api, one, digest) for one in subjects]
    # Who was erased twice is erased once here.
    taken = list({number: number for number in found if number is not None})
    _carry_out(settings, api, taken)
    with engine.begin(worker) as conn:
        erasure_line.know(conn, lacking)
    with engine.begin(worker) as conn:
        erasure_line.check(conn, ledger)
    return {
        "replayed": len(taken),
        "not_there": found.count(None),
        "erasures": [ids.encode(ids.ERASURE, number) for _, number in taken],
    }


def _lacking(worker: Engine, ledger: Ledger) -> list[Line]:
    with engine.begin(worker) as conn:
        return erasure_line.missing(conn, ledger)


def _take_up(api: Engine, subject: Subject, digest: Digest) -> _Number | None:
    with engine.begin(api, org_id=subject.org_id) as conn:
        now = engine.instant(conn)
        number = erasure_replay.take_up(conn, subject, digest=digest, now=now)
    return None if number is None else (subject.org_id, number)


def _carry_out(settings: Settings, api: Engine, taken: list[_Number]) -> None:
    left = taken
    for _ in range(_MOST_ROUNDS):
        left = [one for one in left if _go_on(api, *one) is not State.CERTIFIED]
        if not left:
            return
        duty.repeat_erasures(settings)
    raise NotReplayedError(
        f"{len(left)} erasures did not come to their end: "
        + ", ".join(ids.encode(ids.ERASURE, number) for _, number in left)
    )


def _go_on(api: Engine, org_id: int, erasure_id: int) -> State:
    with engine.begin(api, org_id=org_id) as conn:
        now = engine.instant(conn)
        return erasure_replay.go_on(conn, org_id, erasure_id, now=now)


def describe(found: Mapping[str, Any]) -> str:
    """The answer as a line for a person."""
    return (
        f"{found['replayed']} erasures done again, {found['not_there']} about nobody whom this "
        "database knows; everything may start"
    )
