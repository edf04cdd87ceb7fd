"""How much work waits, per pass over all orgs."""

from dataclasses import dataclass

from sqlalchemy import Connection

from nrem.store.statement import statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """Due work of one pass."""

    pass_name: str
    waiting: int
    oldest_due_seconds: float
    parked: int


def read(conn: Connection) -> list[Backlog]:
    """Due and parked work per pass; a pass with neither is left out."""
    return [
        Backlog(
            pass_name=r.pass_name,
            waiting=r.waiting,
            oldest_due_seconds=r.oldest_due_seconds,
            parked=r.parked,
        )
        for r in conn.execute(statement("backlog_read"))
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeCount:
    """How often a pass ended so, over all orgs."""

    pass_name: str
    outcome: str
    runs: int


def read_outcomes(conn: Connection) -> list[OutcomeCount]:
    """Counts of runs per pass and outcome."""
    return [
        OutcomeCount(pass_name=r.pass_name, outcome=r.outcome, runs=r.runs)
        for r in conn.execute(statement("backlog_outcomes"))
    ]


def read_freshness(conn: Connection) -> dict[int, float]:
    """For each org, how long its oldest due work has waited, in seconds."""
    return {r.org_id: r.age for r in conn.execute(statement("backlog_freshness"))}
