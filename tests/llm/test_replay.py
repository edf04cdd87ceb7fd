"""A recorded load, undone and replayed from the ledger: the same rows, and nobody is asked."""

import json
from datetime import datetime, timedelta
from typing import Any, Final

from nrem.command.conversation import read
from nrem.command.main_job import SAMPLE
from tests.llm.asking import Asking
from tests.llm.messages_api import Request
from tests.llm.sensible import reply
from tests.store.reverting import undo
from tests.world import Org, end, turn

_ASKING: Final = ("consolidate", "promote", "observe", "reflect")
_FILLERS: Final = frozenset("a an and are at i in is it my of on the to was we with".split())
# What promote makes knowledge of.
_TEA: Final = (
    "User drinks green tea in the morning",
    "In the early morning the user drinks green tea in the morning",
    "Again the user drinks green tea in the morning",
)
_MEMORIES: Final = (
    "SELECT m.content, m.type, m.tier, m.importance, m.trust, m.occurred_at, m.true_until, "
    "m.derived_by, (SELECT array_agg(d.event_id ORDER BY d.event_id) FROM derivations AS d "
    "WHERE d.org_id = m.org_id AND d.child_kind = 'memory' AND d.child_id = m.id) "
    "FROM memories AS m WHERE m.org_id = %(org)s AND m.state = 'live' ORDER BY m.id"
)
_EDGES: Final = (
    "SELECT e.kind, e.weight, s.content, t.content FROM edges AS e "
    "JOIN memories AS s ON s.org_id = e.org_id AND s.id = e.source_id "
    "JOIN memories AS t ON t.org_id = e.org_id AND t.id = e.target_id "
    "WHERE e.org_id = %(org)s AND e.valid_to IS NULL ORDER BY 1, 3, 4"
)
# Of each its words, where it rests, what it was made from, and what became of it.
_OBSERVATIONS: Final = (
    "SELECT o.text, o.priority, o.trust, o.observation_date, o.referenced_date, o.referenced_from, "
    "o.window_seq, o.window_place, o.archived_reason, "
    "(SELECT array_agg(d.event_id ORDER BY d.event_id) FROM derivations AS d "
    "WHERE d.org_id = o.org_id AND d.child_kind = 'observation' AND d.child_id = o.id), "
    "(SELECT array_agg(p.text ORDER BY p.ordinal) FROM observation_parents AS r "
    "JOIN observations AS p ON p.org_id = r.org_id AND p.id = r.parent_id "
    "WHERE r.org_id = o.org_id AND r.observation_id = o.id) "
    "FROM observations AS o WHERE o.org_id = %(org)s "
    "AND o.archived_reason IS DISTINCT FROM 'reverted' ORDER BY o.ordinal"
)
_CURSORS: Final = (
    "SELECT stream_id, cursor_seq, cursor_tokens FROM leases "
    "WHERE org_id = %(org)s AND pass = 'observe' ORDER BY 1"
)
_LOGS: Final = "SELECT subject_id, tokens FROM observation_logs WHERE org_id = %(org)s ORDER BY 1"


def _model(request: Request) -> str:
    """As sensible as ever, but for the first two observations of a log, which become one."""
    shown = json.loads(request["messages"][0]["content"])
    if "observations" not in shown:
        return reply(request)
    first, second = shown["observations"][:2]
    words = f"{first['text'].rstrip('.')}; {second['text']}".split()
    text = " ".join(one for one in words if one.lower() not in _FILLERS)
    merge = {"verb": "merge", "source_ids": [first["id"], second["id"]], "text": text}
    return json.dumps({"edits": [merge]})


def _tell(org: Org) -> datetime:
    """The sample, told in its own time; answers when it is over."""
    talk = read(SAMPLE)
    for session in talk.sessions:
        place = {"agent": talk.agent_id, "user": talk.user_id, "session": session.session_id}
        said = [
            turn(one.content, role=one.role, occurred_at=one.occurred_at, **place)
            for one in session.turns
        ]
        org.append(*said, end(**place), now=session.ended_at)
    now = max(session.ended_at for session in talk.sessions)
    for at, content in enumerate(_TEA):
        now += timedelta(days=1)
        place = {"agent": talk.agent_id, "user": talk.user_id, "session": f"tea-{at}"}
        org.append(turn(content, occurred_at=now, **place), end(**place), now=now)
    return now + timedelta(hours=1)


def _run(asking: Asking, org: Org, now: datetime, **given: Any) -> None:  # noqa: ANN401
    for name in ("score", "embed", *_ASKING):
        # promote waits for a minute, lest it look at half of a session
        now += timedelta(minutes=2)
        if name == "reflect":
            org.world.tick(name, "request:now", now=now)
        asking.drain(name, now=now, **given)


def _rows(org: Org) -> dict[str, list[tuple[Any, ...]]]:
    queries = {
        "memories": _MEMORIES,
        "edges": _EDGES,
        "observations": _OBSERVATIONS,
        "cursors": _CURSORS,
        "logs": _LOGS,
    }
    return {name: [tuple(row) for row in org.ask(query)] for name, query in queries.items()}


def test_replay_of_a_recorded_load_gives_the_same_rows_for_no_call(
    asking: Asking, org: Org
) -> None:
    asking.api.model = _model
    now = _tell(org)
    _run(asking, org, now)
    recorded, calls = _rows(org), len(asking.api.calls)
    runs = org.column(
        "SELECT id FROM runs WHERE org_id = %(org)s AND outcome = 'applied' "
        "AND pass = ANY(%(names)s) ORDER BY id DESC",
        names=list(_ASKING),
    )
    tomorrow = now + timedelta(days=1)
    for run_id in runs:
        undo(org, run_id, again=True, now=tomorrow)
    undone = _rows(org)

    _run(asking, org, tomorrow + timedelta(hours=1), mode="replay")

    assert undone["memories"] == undone["observations"] == []
    assert _rows(org) == recorded
    assert len(asking.api.calls) == calls
    # It is a whole load: each of the four asked, and reflect has merged.
    asked = org.column("SELECT DISTINCT pass FROM llm_calls WHERE org_id = %(org)s ORDER BY 1")
    assert asked == sorted(_ASKING)
    assert "merged" in {row[8] for row in recorded["observations"]}
    assert {"promote", "consolidate"} <= {row[7] for row in recorded["memories"]}
