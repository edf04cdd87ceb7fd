"""Undoing a run of observe or reflect: what it wrote is archived, what it archived is active again.

All of it or nothing: where a later run has edited what this one wrote, that one is undone first.
Locks leases, then the logs of the people in the order of their numbers.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from nrem import ids
from nrem.errors import ConflictError
from nrem.store import observation_log
from nrem.store.statement import statement


def undo(conn: Connection, org_id: int, run_id: int, *, undone_by: int) -> Counter[str]:
    """Undo a run; counts what it had created and archived.

    An archived row stays so where its words are active in another one.
    Raises: ConflictError when a later run has edited what this one wrote.
    """
    given: dict[str, Any] = {"org_id": org_id, "run_id": run_id}
    people = conn.execute(statement("revert_observation_people"), given).scalars().all()
    observation_log.hold(conn, org_id, people)
    _require_none(
        conn.execute(statement("revert_observation_later"), given).scalars().all(),
        "a later run has edited what this one wrote",
    )
    archive = {**given, "undone_by": undone_by}
    gone = conn.execute(statement("revert_observation_archive"), archive).all()
    back = conn.execute(statement("revert_observation_restore"), given).all()
    tokens = dict.fromkeys(people, 0)
    for row in back:
        tokens[row.subject_id] += row.tokens
    for row in gone:
        tokens[row.subject_id] -= row.tokens
    observation_log.grow(conn, org_id, {}, tokens)
    return Counter(created=len(gone), archived=len(back))


def _require_none(later: Sequence[int], why: str) -> None:
    if later:
        names = ", ".join(ids.encode(ids.RUN, one) for one in later)
        raise ConflictError(why, remedy=f"revert that first: {names}", code="built_upon")


def observe_again(
    conn: Connection, org_id: int, run_id: int, *, stream_id: int, first_seq: int
) -> None:
    """Let observe begin anew where a run's window began.

    Raises: ConflictError when a later run has noted something of the same stream: from here on,
    observe would come to that again.
    """
    given = {"org_id": org_id, "stream_id": stream_id}
    _require_none(
        conn.execute(statement("revert_observe_later"), {**given, "run_id": run_id})
        .scalars()
        .all(),
        "a later run has observed what came after",
    )
    conn.execute(statement("revert_observe_again"), {**given, "first_seq": first_seq})


def reflect_again(conn: Connection, org_id: int, subject_id: int) -> None:
    """Let reflect look at the person anew, as if it never had."""
    given = {"org_id": org_id, "subject_id": subject_id}
    conn.execute(statement("revert_observation_again"), given)
