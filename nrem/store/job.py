"""Jobs: work that a caller asks for and looks after by its id: queued, running, then over.

The row stands before the answer does, in the transaction that queues the work. A job that is over
is `completed`, or `failed` with a code; what was asked then holds no text any more.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection

from nrem import ids
from nrem.errors import ConflictError, LostLease
from nrem.store import audit, work
from nrem.store.audit import Actor, Entry, Operation
from nrem.store.statement import statement

# The kind of their items in the inbox.
KIND: Final = "job"

# Each is done by the pass of its name.
Family = Literal["ingest", "distill", "refine"]
State = Literal["queued", "running", "completed", "failed", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """A job that is asked for; `request` holds what a person said."""

    family: Family
    request: Mapping[str, Any]
    # equal for equal inputs
    input_key: bytes
    # of the caller's own key, where there is one
    idem_key: bytes | None = None
    agent_id: int | None = None
    dataset_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as it stands."""

    job_id: int
    family: Family
    state: State
    # `api`, or the schedule that asked
    cause: str
    agent_id: int | None
    agent: str | None
    dataset_id: int | None
    dataset: str | None
    request: Mapping[str, Any]
    result: Mapping[str, Any]
    error: str | None
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    completed_at: datetime | None

    @property
    def wire_id(self) -> str:
        """The id that callers know it by."""
        return ids.encode(ids.JOB, self.job_id)


def ask(conn: Connection, org_id: int, new: NewJob, actor: Actor) -> Job:
    """Write a job down and queue it; one with the same inputs that is not over is answered instead.

    Raises: ConflictError when the caller's key was used for other inputs.
    """
    number = _of_key(conn, org_id, new)
    if number is None:
        row = conn.execute(statement("job_ask"), _columns(org_id, new)).one()
        number = row.id
        if row.is_new:
            _announce(conn, org_id, new, number, actor)
    found = read(conn, org_id, number, new.family)
    if found is None:
        raise LookupError("a job was written down and is not there")
    return found


def _of_key(conn: Connection, org_id: int, new: NewJob) -> int | None:
    if new.idem_key is None:
        return None
    given = {"org_id": org_id, "idem_key": new.idem_key}
    row = conn.execute(statement("job_find_key"), given).one_or_none()
    if row is None:
        return None
    if (row.family, bytes(row.input_key)) != (new.family, new.input_key):
        raise ConflictError(
            "this idempotency key was used before with another body",
            field="Idempotency-Key",
            remedy="send a new key with a new body, or the same body with this key",
            code="idempotency_conflict",
        )
    return int(row.id)


def _columns(org_id: int, new: NewJob) -> dict[str, Any]:
    return {
        "org_id": org_id,
        "family": new.family,
        "agent_id": new.agent_id,
        "dataset_id": new.dataset_id,
        "input_key": new.input_key,
        "idem_key": new.idem_key,
        "request": json.dumps(dict(new.request)),
    }


def _announce(conn: Connection, org_id: int, new: NewJob, number: int, actor: Actor) -> None:
    work.queue_items(conn, org_id, new.family, [(KIND, number, 0)])
    entry = Entry(
        operation=Operation(new.family),
        actor=actor,
        agent_id=new.agent_id,
        details={"job_id": ids.encode(ids.JOB, number), "status": "queued"},
    )
    audit.add(conn, org_id, [entry])
    work.bring_forward(conn, org_id, {new.family: 0.0})


def read(conn: Connection, org_id: int, job_id: int, family: Family) -> Job | None:
    """The job of this number, if it is of this family."""
    given = {"org_id": org_id, "job_id": job_id, "family": family}
    row = conn.execute(statement("job_read"), given).one_or_none()
    if row is None:
        return None
    return Job(
        job_id=row.id,
        family=row.family,
        state=row.state,
        cause=row.cause,
        agent_id=row.agent_id,
        agent=row.agent,
        dataset_id=row.dataset_id,
        dataset=row.dataset,
        request=row.request,
        result=row.result,
        error=row.error,
        created_at=row.created_at,
        updated_at=row.updated_at,
        started_at=row.started_at,
        completed_at=row.completed_at,
    )


def begin(conn: Connection, org_id: int, job_id: int, family: Family) -> Job | None:
    """Take a job up; None when it is over, or is no job of the family."""
    given = {"org_id": org_id, "job_id": job_id, "family": family}
    if conn.execute(statement("job_begin"), given).one_or_none() is None:
        return None
    return read(conn, org_id, job_id, family)


def go_on(
    conn: Connection,
    org_id: int,
    job: Job,
    result: Mapping[str, Any],
    *,
    learned: Mapping[str, Any] | None = None,
) -> None:
    """Say how far a job has come and queue the rest; `learned` joins what was asked.

    The caller makes the org due. Raises: LostLease when the job is over.
    """
    given = {
        "org_id": org_id,
        "job_id": job.job_id,
        "result": json.dumps(dict(result)),
        "request": json.dumps(dict(learned or {})),
    }
    if conn.execute(statement("job_go_on"), given).one_or_none() is None:
        raise LostLease
    work.queue_items(conn, org_id, job.family, [(KIND, job.job_id, 0)])


def complete(
    conn: Connection, org_id: int, job: Job, result: Mapping[str, Any], *, run_id: int
) -> None:
    """End a job that is done. Raises: LostLease when it is over already."""
    if not _finish(conn, org_id, [job.job_id], result=result, error=None, run_id=run_id):
        raise LostLease


def fail(conn: Connection, org_id: int, job_ids: Iterable[int], error: str, *, run_id: int) -> None:
    """End jobs with a code that says why; what they have written so far stays."""
    _finish(conn, org_id, list(job_ids), result=None, error=error, run_id=run_id)


def _finish(
    conn: Connection,
    org_id: int,
    job_ids: list[int],
    *,
    result: Mapping[str, Any] | None,
    error: str | None,
    run_id: int,
) -> int:
    status = "failed" if error else "completed"
    given = {
        "org_id": org_id,
        "job_ids": job_ids,
        "state": status,
        "result": None if result is None else json.dumps(dict(result)),
        "error": error,
        "run_id": run_id,
    }
    ended = conn.execute(statement("job_finish"), given).all()
    told = {"error": error} if error else _counts(result or {})
    audit.add(
        conn,
        org_id,
        [
            Entry(
                operation=Operation(row.family),
                run_id=run_id,
                agent_id=row.agent_id,
                details={"job_id": ids.encode(ids.JOB, row.id), "status": status, **told},
            )
            for row in ended
        ],
    )
    return len(ended)


def _counts(result: Mapping[str, Any]) -> dict[str, int]:
    return {name: value for name, value in result.items() if isinstance(value, int)}
