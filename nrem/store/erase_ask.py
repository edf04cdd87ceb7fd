"""What people do with an erasure: ask for it, say yes to it, change their mind.

Lock order: the erasure's stream and lease, then its row; the pass takes them in the same order.
"""

from datetime import datetime

from sqlalchemy import Connection

from nrem.errors import ConflictError, ForbiddenError
from nrem.policy.erase import State, may_cancel
from nrem.store import closure, erase, erase_reach, hold, key, work
from nrem.store.erase import NAME, STREAM, Erasure, Target


def request(
    conn: Connection, org_id: int, target: Target, *, requested_by: int | None, now: datetime
) -> Erasure:
    """Ask for an erasure, and have its preview made.

    Raises: ConflictError under a legal hold, or when one of the target is under way.
    """
    _require_free(conn, org_id, target)
    number = erase.add(conn, org_id, target, requested_by=requested_by, now=now)
    _wake(conn, org_id, number)
    return _read(conn, org_id, number)


def confirm(
    conn: Connection,
    org_id: int,
    erasure_id: int,
    *,
    confirmed_by: int,
    preview_hash: bytes | None,
    now: datetime,
) -> Erasure | None:
    """Say yes to what a preview showed; None when there is no such erasure.

    Raises: ForbiddenError for the key that asked for it; ConflictError for another preview, when
    it is not the time, and under a legal hold.
    """
    if erase.read(conn, org_id, erasure_id) is None:
        return None
    _wake(conn, org_id, erasure_id)
    its = _read(conn, org_id, erasure_id, is_locked=True)
    if key.is_same(conn, org_id, confirmed_by, its.requested_by):
        raise ForbiddenError(
            "the key that asked for an erasure cannot confirm it, rotated or not",
            remedy="confirm with another key that has the scope purge:confirm",
            code="same_key",
        )
    if its.state is not State.PREVIEWED:
        raise ConflictError(
            f"the erasure is {its.state}; it is confirmed when it is previewed",
            remedy="look how far it has come: GET /v1/admin/erasures/{id}",
            code="not_previewed",
        )
    if its.preview_hash is None or its.preview_hash != preview_hash:
        raise ConflictError(
            "that is not the preview as it stands",
            field="preview_hash",
            remedy="read the preview again and send its hash",
            code="preview_stale",
        )
    _require_free(conn, org_id, its.target)
    erase.write(conn, its, State.CONFIRMED, now=now, confirmed_by=confirmed_by)
    return _read(conn, org_id, erasure_id)


def cancel(conn: Connection, org_id: int, erasure_id: int, *, now: datetime) -> Erasure | None:
    """End an erasure of which nothing is destroyed yet; None when there is no such one.

    Cancelling it again changes nothing. Raises: ConflictError when it is too late.
    """
    if erase.read(conn, org_id, erasure_id) is None:
        return None
    _wake(conn, org_id, erasure_id)
    its = _read(conn, org_id, erasure_id, is_locked=True)
    if its.state is State.CANCELLED:
        return its
    if not may_cancel(its.reached):
        raise ConflictError(
            f"the erasure is {its.reached}: something is destroyed already",
            remedy="let it end; what is gone cannot be brought back",
            code="deletion_begun",
        )
    erase_reach.release(conn, its)
    erase.write(conn, its, State.CANCELLED, now=now)
    return _read(conn, org_id, erasure_id)


def _require_free(conn: Connection, org_id: int, target: Target) -> None:
    hold.lock(conn, org_id)
    if erase_reach.is_held(conn, org_id, target):
        raise closure.under_hold()


def _wake(conn: Connection, org_id: int, erasure_id: int) -> None:
    work.bring_streams_forward(conn, org_id, NAME, STREAM, {erasure_id: 0.0})
    work.bring_forward(conn, org_id, {NAME: 0.0})


def _read(conn: Connection, org_id: int, erasure_id: int, *, is_locked: bool = False) -> Erasure:
    found = erase.read(conn, org_id, erasure_id, is_locked=is_locked)
    if found is None:
        raise LookupError("an erasure is never deleted")
    return found
