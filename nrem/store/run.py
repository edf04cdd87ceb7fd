"""Run rows: what each execution of a pass read, proposed and changed, and why it ended so."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection

from nrem.store.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution. Ids, counts and codes only: a diff is rendered from versions."""

    org_id: int
    run_id: int
    pass_name: str
    cause: str
    task_id: str | None
    owner: str
    started_at: datetime
    outcome: str
    reason: str | None = None
    read: int = 0
    proposed: int = 0
    changed: int = 0
    stream_id: int | None = None
    fence: int | None = None
    engine: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    # from the pick to the end of the last statement before this row
    duration_ms: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which runs to list; None does not matter. `cause` may be the beginning of one."""

    pass_name: str | None = None
    outcome: str | None = None
    cause: str | None = None


def add(conn: Connection, run: Run) -> None:
    """Write a run row into the transaction that its changes are part of."""
    conn.execute(
        statement("run_add"),
        {
            "org_id": run.org_id,
            "id": run.run_id,
            "pass": run.pass_name,
            "cause": run.cause,
            "task_id": run.task_id,
            "owner": run.owner,
            "stream_id": run.stream_id,
            "fence": run.fence,
            "engine": run.engine,
            "read": run.read,
            "proposed": run.proposed,
            "changed": run.changed,
            "outcome": run.outcome,
            "reason": run.reason,
            "detail": json.dumps(dict(run.detail)),
            "started_at": run.started_at,
            "duration_ms": run.duration_ms,
        },
    )


# Rows of the three statements below have the same columns.
RunRow: TypeAlias = Any


def find(conn: Connection, org_id: int, run_id: int) -> RunRow | None:
    """One run of the org, or None."""
    return conn.execute(statement("run_read"), {"org_id": org_id, "id": run_id}).one_or_none()


def find_last(conn: Connection, org_id: int, passes: Sequence[str]) -> dict[str, RunRow]:
    """The newest run of each pass that ever ran for the org."""
    rows = conn.execute(statement("run_last"), {"org_id": org_id, "passes": list(passes)})
    return {row.pass_name: row for row in rows}


def find_page(
    conn: Connection, org_id: int, filters: Filters, *, before_id: int | None, limit: int
) -> list[RunRow]:
    """Runs of the org, newest first, older than `before_id`."""
    return list(
        conn.execute(
            statement("run_list"),
            {
                "org_id": org_id,
                "before_id": before_id,
                "pass": filters.pass_name,
                "outcome": filters.outcome,
                "cause": filters.cause,
                "limit": limit,
            },
        )
    )
