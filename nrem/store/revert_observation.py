"""Undoing a run of reflect: what it archived is active again, and what it wrote is archived.

All of it or nothing: where a later run has edited what this one wrote, that one is undone first.
"""

from collections import Counter
from typing import Any

from sqlalchemy import Connection

from nrem import ids
from nrem.errors import ConflictError
from nrem.store import observation
from nrem.store.statement import statement


def undo(
    conn: Connection, org_id: int, subject_id: int, run_id: int, *, undone_by: int
) -> Counter[str]:
    """Undo a run of reflect about a person; counts what it had created and archived.

    An archived row stays so where its words are active in another one.
    Raises: ConflictError when a later run has edited what this one wrote.
    """
    given: dict[str, Any] = {"org_id": org_id, "run_id": run_id}
    observation.hold(conn, org_id, subject_id)
    later = conn.execute(statement("revert_observation_later"), given).scalars().all()
    if later:
        names = ", ".join(ids.encode(ids.RUN, one) for one in later)
        raise ConflictError(
            "a later run has edited what this one wrote",
            remedy=f"revert that first: {names}",
            code="built_upon",
        )
    given["undone_by"] = undone_by
    gone = conn.execute(statement("revert_observation_archive"), given).scalars().all()
    back = conn.execute(
        statement("revert_observation_restore"), {"org_id": org_id, "run_id": run_id}
    ).scalars()
    restored = back.all()
    observation.grow(conn, org_id, {}, {subject_id: sum(restored) - sum(gone)})
    return Counter(created=len(gone), archived=len(restored))


def ask_again(conn: Connection, org_id: int, subject_id: int) -> None:
    """Let reflect look at the person anew, as if it never had."""
    given = {"org_id": org_id, "subject_id": subject_id}
    conn.execute(statement("revert_observation_again"), given)
