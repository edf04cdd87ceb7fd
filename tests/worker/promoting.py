"""What the tests of `promote` tell an org, and what they look at."""

from datetime import datetime, timedelta
from typing import Any

from tests.world import NOW, Org, memory

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def store(org: Org, *contents: str, sessions: str = "", **given: Any) -> list[int]:  # noqa: ANN401
    """Episodes an hour apart, each in the session of its letter; answers their numbers."""
    before = set(org.memories("id"))
    for at, content in enumerate(contents):
        given["session"] = sessions[at] if sessions else None
        org.append(memory(content, occurred_at=NOW + at * HOUR, **given))
    org.world.drain("score")
    org.world.drain("embed")
    return [one for one in org.memories("id") if one not in before]


def promote(org: Org, *, now: datetime = NOW + DAY) -> list[str]:
    """Run the pass until nothing is due; answers what came of each run."""
    return [one.outcome for one in org.world.drain("promote", now=now)]


def edges(org: Org) -> set[tuple[int, str, int]]:
    """The edges that stand: source, kind and target."""
    rows = org.ask(
        "SELECT source_id, kind, target_id FROM edges WHERE org_id = %(org)s AND valid_to IS NULL"
    )
    return {tuple(row) for row in rows}
