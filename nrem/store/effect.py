"""Effects: what became of an event in a step, once. The key makes a second effect impossible."""

from collections.abc import Sequence

from sqlalchemy import Connection

from nrem.store.statement import statement

# Event, outcome and reason.
Effect = tuple[int, str, str | None]


def add(
    conn: Connection, org_id: int, step: str, effects: Sequence[Effect], *, run_id: int | None
) -> None:
    """Write down effects of a step; the transaction fails if one of them was written before."""
    if not effects:
        return
    events, outcomes, reasons = zip(*sorted(effects), strict=True)
    conn.execute(
        statement("effect_add"),
        {
            "org_id": org_id,
            "step": step,
            "event_ids": list(events),
            "outcomes": list(outcomes),
            "reasons": [reason or "" for reason in reasons],
            "run_id": run_id or 0,
        },
    )
