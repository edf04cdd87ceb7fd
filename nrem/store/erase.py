"""Erasures: what was asked for, how far each has come, and what it found; counts and digests only.

Whoever changes one locks it first. `erase_reach` finds what goes, `erase_delete` lets it go.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection

from nrem.digest import Digest
from nrem.errors import ConflictError
from nrem.policy.erase import Kind, State, due_by
from nrem.store.statement import statement

NAME: Final = "erase"
# The kind of its streams.
STREAM: Final = "erasure"
# What target_id is of an org.
WHOLE: Final = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is to be erased: its row number, and the digest that outlives it."""

    kind: Kind
    target_id: int
    target_hash: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """An erasure as it stands."""

    org_id: int
    erasure_id: int
    target: Target
    state: State
    # the last step that was done; None: none
    step: str | None
    # the last state besides `failed`
    reached: State
    requested_by: int | None
    confirmed_by: int | None
    requested_at: datetime
    due_by: datetime
    preview_hash: bytes | None
    # each a JSON object of counts
    preview: Mapping[str, Any]
    # rows per table that were there when nothing more could be written
    manifest: Mapping[str, int]
    # rows per table that were deleted
    deleted_counts: Mapping[str, int]
    # rows per table that were found afterwards
    measured: Mapping[str, int]
    scan: Mapping[str, Any]
    # of each state and step, in ISO 8601
    instants: Mapping[str, str]
    error: str | None
    receipt: Mapping[str, Any] | None
    receipt_hash: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a step found; None leaves what stands."""

    preview_hash: bytes | None = None
    preview: Mapping[str, Any] | None = None
    manifest: Mapping[str, int] | None = None
    deleted_counts: Mapping[str, int] | None = None
    measured: Mapping[str, int] | None = None
    scan: Mapping[str, Any] | None = None
    receipt: Mapping[str, Any] | None = None
    receipt_hash: bytes | None = None
    # of this instant, besides that of the state
    instants: Mapping[str, str] = field(default_factory=dict)


NO_FACTS: Final = Facts()


def target_hash(digest: Digest, org_id: int, kind: Kind, name: str) -> bytes:
    """What is left to say who it was: of the caller's id, of a memory's wire id; of an org, ""."""
    return digest.of("erasure-target", org_id, str(kind), name)


def add(
    conn: Connection,
    org_id: int,
    target: Target,
    *,
    requested_by: int | None,
    now: datetime,
) -> int:
    """Ask for an erasure; answers its number.

    Raises: ConflictError when one of the same target is under way.
    """
    given = {
        "org_id": org_id,
        "kind": str(target.kind),
        "target_id": target.target_id,
        "target_hash": target.target_hash,
        "requested_by": requested_by,
        "requested_at": now,
        "due_by": due_by(now),
    }
    number: int | None = conn.execute(statement("erase_add"), given).scalar_one_or_none()
    if number is None:
        raise ConflictError(
            "an erasure of it is under way",
            remedy="follow that one, or cancel it first",
            code="erasure_exists",
        )
    return number


def read(
    conn: Connection, org_id: int, erasure_id: int, *, is_locked: bool = False
) -> Erasure | None:
    """One erasure, locked until the transaction ends if that is wanted."""
    name = "erase_lock" if is_locked else "erase_read"
    asked = {"org_id": org_id, "id": erasure_id}
    row = conn.execute(statement(name), asked).one_or_none()
    return None if row is None else _erasure(row)


def write(
    conn: Connection,
    its: Erasure,
    state: State,
    *,
    now: datetime,
    step: str | None = None,
    facts: Facts = NO_FACTS,
    confirmed_by: int | None = None,
    error: str | None = None,
) -> None:
    """Say how far it has come, and what was found; `step`: the step that was done."""
    instants: dict[str, str] = dict(facts.instants)
    if state is not its.state:
        instants[str(state)] = now.isoformat()
    if step is not None:
        instants[f"step:{step}"] = now.isoformat()
    found = asdict(facts) | {"instants": instants}
    given = {
        name: json.dumps(value) if isinstance(value, Mapping) else value
        for name, value in found.items()
    }
    given |= {
        "org_id": its.org_id,
        "id": its.erasure_id,
        "state": str(state),
        "reached": str(its.reached if state is State.FAILED else state),
        "step": step,
        "confirmed_by": confirmed_by,
        "error": error,
    }
    conn.execute(statement("erase_write"), given)


def _erasure(row: Any) -> Erasure:  # noqa: ANN401 - a row
    return Erasure(
        org_id=row.org_id,
        erasure_id=row.id,
        target=Target(
            kind=Kind(row.kind), target_id=row.target_id, target_hash=bytes(row.target_hash)
        ),
        state=State(row.state),
        step=row.step,
        reached=State(row.reached),
        requested_by=row.requested_by,
        confirmed_by=row.confirmed_by,
        requested_at=row.requested_at,
        due_by=row.due_by,
        preview_hash=_bytes(row.preview_hash),
        preview=row.preview,
        manifest=row.manifest,
        deleted_counts=row.deleted_counts,
        measured=row.measured,
        scan=row.scan,
        instants=row.instants,
        error=row.error,
        receipt=row.receipt,
        receipt_hash=_bytes(row.receipt_hash),
    )


def _bytes(found: bytes | None) -> bytes | None:
    return None if found is None else bytes(found)
