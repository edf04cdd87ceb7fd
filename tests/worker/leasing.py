"""A leased pass that counts, work for it, and what became of it."""

from datetime import timedelta
from typing import Any

from tests.world import Org, end, turn
from worker.changes import Changes
from worker.contract import Pass, Shape
from worker.runner import Outcome

SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)


def find(*_: object) -> list[str]:
    return ["something"]


def count(*_: object) -> Changes:
    return Changes(read=1, changed=1)


# Writes nothing but its run row, so that nothing but fence and cursor keeps it from doing so twice.
BARE = Pass(name="consolidate", shape=Shape.LEASED, claim=find, apply=count)


def give_work(org: Org, *sessions: str) -> None:
    """A subject of its own for each session, due at once."""
    for session in sessions or ("s",):
        org.append(turn("I moved to Lisbon in May.", session=session, user=session), end(session))
    org.world.drain("score")


def lease_of(org: Org, columns: str) -> list[Any]:
    rows = org.ask(
        f"SELECT {columns} FROM leases "  # noqa: S608
        "WHERE org_id = %(org)s AND pass = 'consolidate' ORDER BY stream_id"
    )
    return [tuple(row) for row in rows]


def runs(org: Org) -> list[str]:
    return org.column(
        "SELECT outcome FROM runs WHERE org_id = %(org)s AND pass = 'consolidate' ORDER BY id"
    )


def kind(outcome: Outcome | None) -> str | None:
    return outcome.outcome if outcome else None
