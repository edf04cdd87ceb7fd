"""How much of each new statement its subject's memories say already, for a whole batch at once.

The newest memories of the subject count, whatever became of the others; of these, what is live at
the instant, written down or not. Reads postings only, never content.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from nrem.policy.model import State
from nrem.policy.novelty import WINDOW, Familiar, Statement
from nrem.policy.novelty import overlaps as overlaps_of
from nrem.policy.score import telling
from nrem.policy.timeline import Timeline
from nrem.store import view
from nrem.store.memory import Owner
from nrem.store.statement import statement


def overlaps(
    conn: Connection,
    org_id: int,
    statements: Sequence[tuple[Owner, str]],
    *,
    timeline: Timeline,
    now: datetime,
    without: int | None = None,
) -> list[float]:
    """For each statement, in the order in which they came, its overlap (0 to 1) with what is known.

    Statements before one in the batch are known to it; the memory `without` is to none.
    """
    said = [Statement(subject=owner.subject_id, words=telling(text)) for owner, text in statements]
    owners = {owner.subject_id: owner for owner, _ in statements}
    words = sorted({(one.subject, word) for one in said for word in one.words})
    if not words:
        return [0.0] * len(said)
    asked = [owners[subject] for subject in sorted({subject for subject, _ in words})]
    rows = conn.execute(
        statement("novelty_known"),
        {
            "org_id": org_id,
            "subject_ids": [one.subject_id for one in asked],
            "agent_ids": [one.agent_id for one in asked],
            "user_ids": [one.user_id or 0 for one in asked],
            "word_subject_ids": [subject for subject, _ in words],
            "lexemes": [word for _, word in words],
            "window": WINDOW,
        },
    ).all()
    gone = _gone(conn, org_id, [row.id for row in rows if row.is_due], timeline=timeline, now=now)
    known: dict[int, list[Familiar]] = {}
    for row in rows:
        if row.id not in gone and row.id != without:
            familiar = Familiar(place=row.place, words=frozenset(row.lexemes))
            known.setdefault(row.subject_id, []).append(familiar)
    return overlaps_of(said, known)


def _gone(
    conn: Connection, org_id: int, numbers: Sequence[int], *, timeline: Timeline, now: datetime
) -> set[int]:
    """Those that time has taken out of recall, though no pass has written it down yet."""
    if not numbers:
        return set()
    shown: list[Any] = view.read_memories(conn, org_id, numbers, timeline=timeline, now=now)
    return {one.row.id for one in shown if one.facts.state is not State.LIVE}
