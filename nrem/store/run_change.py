"""What runs did to memories: the facts they changed, before and after, so a run can be undone.

Numbers, times and states only; words stand in the versions.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from nrem.policy.run_change import RunChange, What
from nrem.store.statement import statement


def as_json(value: object) -> object:
    """A column's value as `before` and `after` hold it."""
    return value.isoformat() if isinstance(value, datetime) else value


def add(conn: Connection, org_id: int, run_id: int, changes: Sequence[RunChange]) -> None:
    """Write down what a run does, in the transaction that does it."""
    if not changes:
        return
    conn.execute(
        statement("run_change_add"),
        {
            "org_id": org_id,
            "run_id": run_id,
            "memory_ids": [one.memory_id for one in changes],
            "whats": [str(one.what) for one in changes],
            "versions_before": [one.version_before or 0 for one in changes],
            "versions_after": [one.version_after for one in changes],
            "befores": [json.dumps(dict(one.before)) for one in changes],
            "afters": [json.dumps(dict(one.after)) for one in changes],
        },
    )


def read(conn: Connection, org_id: int, run_id: int) -> list[RunChange]:
    """What a run did, in the order of the memories' numbers."""
    rows = conn.execute(statement("run_change_read"), {"org_id": org_id, "run_id": run_id})
    return [of_row(row) for row in rows]


def of_row(row: Any) -> RunChange:  # noqa: ANN401 - a row of several statements
    """The change in a row."""
    return RunChange(
        memory_id=row.memory_id,
        what=What(row.what),
        version_before=row.version_before,
        version_after=row.version_after,
        before=row.before,
        after=row.after,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a run did to a memory, with the words of both versions, as far as there are any left."""

    change: RunChange
    content_before: str | None
    content_after: str | None


def show(conn: Connection, org_id: int, run_id: int) -> list[Shown]:
    """What a run did, in the order of the memories' numbers, for whoever wants to judge it."""
    rows = conn.execute(statement("run_change_show"), {"org_id": org_id, "run_id": run_id})
    return [
        Shown(
            change=of_row(row),
            content_before=row.content_before or None,
            content_after=row.content_after or None,
        )
        for row in rows
    ]
