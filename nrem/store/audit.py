"""The audit trail: who did what to which memory, and when; never what it said.

An entry is written in the transaction of what it tells about, so one is true exactly when the other
is. Only a recall's follows behind its answer. Each is sealed soon after (see `seal`).
"""

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection

from nrem.store.statement import statement

# the detail that holds the row number of a session
_SESSION: Final = "session"


class Operation(StrEnum):
    """What was done."""

    STORE = "store"
    RECALL = "recall"
    UPDATE = "update"
    FORGET = "forget"
    PIN = "pin"
    UNPIN = "unpin"
    ARCHIVE = "archive"
    RESTORE = "restore"
    ROLLBACK = "rollback"
    INGEST = "ingest"
    DISTILL = "distill"
    REFINE = "refine"
    SESSION_START = "session_start"
    SESSION_END = "session_end"
    CONVERSATION_CREATE = "conversation_create"
    CONVERSATION_DELETE = "conversation_delete"
    TURN_ADD = "turn_add"
    HOLD_PLACE = "hold_place"
    HOLD_LIFT = "hold_lift"
    POLICY_CHANGE = "policy_change"
    SCHEDULE_CHANGE = "schedule_change"
    RUN_REQUEST = "run_request"
    PREVIEW_ASK = "preview_ask"
    PREVIEW_APPROVE = "preview_approve"
    REVERT = "revert"
    BUDGET_SET = "budget_set"
    CARD_CHANGE = "card_change"
    CARD_SCHEMA_SET = "card_schema_set"
    AGENT_RENAME = "agent_rename"
    KEY_CREATE = "key_create"
    KEY_ROTATE = "key_rotate"
    KEY_REVOKE = "key_revoke"
    ORG_CREATE = "org_create"
    ORG_BOUND = "org_bound"
    EXPORT = "export"
    ERASURE_REQUEST = "erasure_request"
    ERASURE_CONFIRM = "erasure_confirm"
    ERASURE_CANCEL = "erasure_cancel"
    # what a worker did
    RUN = "run"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asked: the key, and the address it was used from."""

    key_row_id: int
    address: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the trail; ids are row numbers, and `details` holds names, counts and codes."""

    operation: Operation
    actor: Actor | None = None
    run_id: int | None = None
    agent_id: int | None = None
    user_id: int | None = None
    memory_id: int | None = None
    memory_type: str | None = None
    # of a recall: what it answered
    memory_ids: tuple[int, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)


def add(conn: Connection, org_id: int, entries: Iterable[Entry]) -> None:
    """Write entries; they count once the transaction is committed."""
    rows = [_row(entry) for entry in entries]
    if rows:
        conn.execute(statement("audit_add"), {"org_id": org_id, "entries": json.dumps(rows)})


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTrace:
    """What the trail says of a run of a pass that changed something."""

    pass_name: str
    changed: int
    # beside those of which the run wrote down what it did
    memory_ids: Collection[int]


def add_run(conn: Connection, org_id: int, run_id: int, trace: RunTrace) -> None:
    """Write the entry of a run, in the transaction of what it changes, after that."""
    conn.execute(
        statement("audit_add_run"),
        {
            "org_id": org_id,
            "run_id": run_id,
            "memory_ids": list(trace.memory_ids),
            "details": json.dumps({"pass": trace.pass_name, "changed": trace.changed}),
        },
    )


def of_session(session_id: int) -> dict[str, int]:
    """The details of an entry about a session; a reader gets the caller's id of it."""
    return {_SESSION: session_id}


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Which entries to show; None means any."""

    operation: str | None = None
    agent_id: int | None = None
    user_id: int | None = None
    # one that a recall answered counts, too
    memory_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An entry as it stands in the trail, with the callers' ids while the directory has them."""

    entry_id: int
    operation: str
    at: datetime
    key_row_id: int | None
    run_id: int | None
    agent: str | None
    user: str | None
    # of an entry about one
    session: str | None
    memory_id: int | None
    memory_type: str | None
    memory_ids: tuple[int, ...]
    address: str | None
    details: Mapping[str, Any]


def find(
    conn: Connection, org_id: int, filters: Filters, *, offset: int, limit: int
) -> tuple[list[Written], int]:
    """Entries, newest first, after the first `offset`; and how many there are in all."""
    asked = {"org_id": org_id, **asdict(filters)}
    rows = conn.execute(statement("audit_list"), {**asked, "offset": offset, "limit": limit})
    found = [_written(row) for row in rows]
    return found, int(conn.execute(statement("audit_count"), asked).scalar_one())


def _written(row: Any) -> Written:  # noqa: ANN401 - a row
    return Written(
        entry_id=row.id,
        operation=row.operation,
        at=row.at,
        key_row_id=row.key_row_id,
        run_id=row.run_id,
        agent=row.agent,
        user=row.user,
        session=row.session,
        memory_id=row.memory_id,
        memory_type=row.memory_type,
        memory_ids=tuple(row.memory_ids),
        address=row.address,
        details={name: value for name, value in row.details.items() if name != _SESSION},
    )


def _row(entry: Entry) -> dict[str, Any]:
    row = asdict(entry)
    actor = row.pop("actor") or {}
    return {**row, "key_row_id": actor.get("key_row_id"), "address": actor.get("address")}
