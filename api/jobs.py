"""What the routes of the three kinds of jobs share: asking for one, and finding it again."""

from collections.abc import Callable
from typing import Any, Final

from fastapi import Request
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from api.deps import actor, transaction
from api.state import State
from nrem import ids
from nrem.errors import NotFoundError
from nrem.store import job
from nrem.store.job import Family, Job, NewJob
from nrem.store.key import Caller
from nrem.wire.job import JobOut, JobStatus

_ATTEMPTS: Final = 3


async def ask(
    request: Request, state: State, caller: Caller, plan: Callable[[Connection], NewJob]
) -> Job:
    """Write down the job that `plan` makes in its transaction, and wake its pass.

    Raises: what `plan` raises; ConflictError when the header's key was used for other inputs.
    """

    def store(conn: Connection) -> Job:
        return job.ask(conn, caller.org_id, plan(conn), actor(request, caller))

    for left in reversed(range(_ATTEMPTS)):
        try:
            async with transaction(state, caller) as run:
                found: Job = await run(store)
        except IntegrityError:
            # Another request stored the same key in between: the next look finds it.
            if not left:
                raise
        else:
            state.nudger.nudge((found.family,))
            return found
    raise AssertionError  # the loop returns or raises


def keys(
    request: Request, state: State, caller: Caller, family: Family, inputs: object
) -> dict[str, Any]:
    """The keys of a job: of its inputs, and of the caller's own key, where one was sent."""
    given = request.headers.get("idempotency-key")
    digest = state.digest
    return {
        "input_key": digest.of("job", caller.org_id, family, digest.of_json(inputs)),
        "idem_key": digest.of("job-key", caller.org_id, given) if given else None,
    }


async def find(state: State, caller: Caller, family: Family, job_id: str) -> Job:
    """A job of the caller's org and of this family.

    Raises: NotFoundError, the same whatever the reason.
    """
    number = ids.decode(ids.JOB, job_id)
    found: Job | None = None
    if number is not None:
        async with transaction(state, caller) as run:
            found = await run(job.read, caller.org_id, number, family)
    if found is None:
        raise NotFoundError("there is no such job")
    return found


def accepted(found: Job) -> JobOut:
    """The answer to who asked."""
    return JobOut(job_id=found.wire_id, status=found.state, enqueued_at=found.created_at)


def standing(found: Job) -> dict[str, Any]:
    """What every status tells."""
    return {
        **{name: getattr(found, name) for name in JobStatus.model_fields if name in _SAME},
        "job_id": found.wire_id,
        "status": found.state,
    }


_SAME: Final = frozenset({"error", "created_at", "updated_at", "started_at", "completed_at"})


def memories(found: Job) -> list[str]:
    """The wire ids of the memories that it made so far."""
    return [ids.encode(ids.MEMORY, number) for number in found.result.get("memory_ids", ())]
