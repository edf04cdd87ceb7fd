"""What runs did to memories: the facts they changed, before and after, so a run can be undone.

Numbers, times and states only; words stand in the versions.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from nrem.store.statement import statement


class What(StrEnum):
    """What a run did to a memory."""

    CREATED = "created"
    # it gained sources, because a session repeated it
    MERGED = "merged"
    # a working memory that a session handed over
    CLOSED = "closed"
    # another one holds instead of it
    SUPERSEDED = "superseded"
    # it gained sources, because more episodes are like it
    SUPPORTED = "supported"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunChange:
    """One memory that a run changed.

    `before` and `after` have the same keys: columns of `memories` that the run wrote, as JSON
    (instants in ISO 8601).
    """

    memory_id: int
    what: What
    # None: the run made the memory
    version_before: int | None
    version_after: int
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


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
    return [
        RunChange(
            memory_id=row.memory_id,
            what=What(row.what),
            version_before=row.version_before,
            version_after=row.version_after,
            before=row.before,
            after=row.after,
        )
        for row in rows
    ]
