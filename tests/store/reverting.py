"""Undoing runs as the api does, and looking at all that anybody can see of an org."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from nrem.policy.params import Policy
from nrem.policy.timeline import Timeline
from nrem.store import engine, revert, view
from nrem.store.revert import Reverted
from tests.store.recalling import recall
from tests.world import NOW, Org, end, turn

ALWAYS: Final = Timeline(Policy.default())
_EDGES: Final = (
    "SELECT source_id, kind, target_id, weight FROM edges "
    "WHERE org_id = %(org)s AND valid_to IS NULL ORDER BY 1, 2, 3"
)
_EFFECTS: Final = (
    "SELECT event_id, step, outcome, reason FROM effects WHERE org_id = %(org)s ORDER BY 1, 2"
)
_SESSIONS: Final = (
    "SELECT id, state, ended_at, end_order, transitioned, run_id, consolidated_at "
    "FROM sessions WHERE org_id = %(org)s ORDER BY 1"
)
_SUPERSEDED: Final = (
    "SELECT id, true_until FROM memories "
    "WHERE org_id = %(org)s AND true_until IS NOT NULL ORDER BY 1"
)
_QUESTIONS: Final = (_EDGES, _EFFECTS, _SESSIONS, _SUPERSEDED)


def undo(org: Org, run_id: int, *, again: bool = False, now: datetime = NOW) -> Reverted:
    """Undo a run as the role nrem_api."""
    with engine.begin(org.world.api, org_id=org.number, now=now) as conn:
        return revert.revert(conn, org.number, run_id, again=again, timeline=ALWAYS, now=now)


def last_run(org: Org, name: str = "consolidate") -> int:
    """The newest run of a pass that changed something."""
    (found,) = org.column(
        "SELECT max(id) FROM runs WHERE org_id = %(org)s AND pass = %(name)s AND reverts IS NULL "
        "AND outcome = 'applied'",
        name=name,
    )
    return int(found)


def tell(org: Org, *said: str, session: str = "s", now: datetime = NOW) -> None:
    """An ended session of turns."""
    org.append(*(turn(content, session=session) for content in said), end(session), now=now)


def hand_over(org: Org, *said: str, session: str = "s", now: datetime = NOW) -> int:
    """A session that is told and handed over; answers the number of the run."""
    tell(org, *said, session=session, now=now)
    org.world.settle(now=now)
    return last_run(org)


def source_counts(org: Org) -> list[int]:
    """How many sources each memory has."""
    return org.column("SELECT count(*) FROM derivations WHERE org_id = %(org)s GROUP BY child_id")


def stands(org: Org, *, now: datetime, undone: Sequence[int] = ()) -> dict[int, tuple[Any, ...]]:
    """How each memory stands at `now`, but for forgotten ones that the runs `undone` had made."""
    numbers = org.memories("id")
    with org.begin(now=now) as conn:
        shown = view.read_memories(conn, org.number, numbers, timeline=ALWAYS, now=now)
    return {
        one.row.id: (
            one.row.content,
            one.row.type,
            one.row.importance,
            one.row.pinned,
            one.row.metadata,
            one.row.event_ids,
            one.facts,
            one.upcoming,
            one.effective_importance,
        )
        for one in shown
        if one.facts.state not in {"forgotten", "purged"} or one.row.run_id not in undone
    }


def told(org: Org) -> list[Any]:
    """What else there is: standing edges, effects, sessions, what is true until when."""
    return [org.ask(question) for question in _QUESTIONS]


def snapshot(org: Org, *queries: str, now: datetime, undone: Sequence[int] = ()) -> list[Any]:
    """All that a reader can see at `now`.

    Recall in any order: how rare a word is counts forgotten memories too, as they can be restored.
    """
    recalled = [
        sorted(one.content for one in recall(org, its, now=now, limit=50)) for its in queries
    ]
    return [stands(org, now=now, undone=undone), told(org), recalled]
