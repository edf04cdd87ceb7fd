"""What the database holds of one user: the oracle for lost, doubled and reordered work.

It reads the tables as the superuser, who sees every org, and never asks the API.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final, LiteralString

import psycopg

from nrem.command.conversation import Conversation

Reader = psycopg.Connection[tuple[Any, ...]]

_EVENTS: Final = """
SELECT s.external_id, e.kind, e.body ->> 'turn_id', e.body ->> 'content'
FROM events AS e
JOIN sessions AS s ON s.org_id = e.org_id AND s.id = e.session_id
JOIN subjects AS b ON b.org_id = e.org_id AND b.id = e.subject_id
JOIN users AS u ON u.org_id = b.org_id AND u.id = b.user_id
WHERE u.external_id = %s
ORDER BY e.stream_id, e.seq
"""
_MEMORIES: Final = """
SELECT m.type, m.tier, m.state, m.content, round(m.importance::numeric, 9), m.occurred_at,
       m.version, array_agg(e.body ->> 'turn_id' ORDER BY e.id)
FROM memories AS m
JOIN users AS u ON u.org_id = m.org_id AND u.id = m.user_id
JOIN derivations AS d ON d.org_id = m.org_id AND d.child_kind = 'memory' AND d.child_id = m.id
JOIN events AS e ON e.org_id = d.org_id AND e.id = d.event_id
WHERE u.external_id = %s
GROUP BY m.org_id, m.id
"""
_GAPS: Final = """
SELECT count(*)
FROM streams AS s
LEFT JOIN (
  SELECT e.org_id, e.stream_id, count(*) AS events, min(e.seq) AS first, max(e.seq) AS last
  FROM events AS e
  GROUP BY e.org_id, e.stream_id
) AS e ON e.org_id = s.org_id AND e.stream_id = s.id
WHERE s.last_seq <> coalesce(e.events, 0)
   OR (e.events > 0 AND (e.first <> 1 OR e.last <> s.last_seq))
"""
# Effects that are missing, and those too many: each turn has one of each step.
_EFFECTS: Final = """
SELECT count(*) FILTER (WHERE n.effects = 0),
       coalesce(sum(n.effects - 1) FILTER (WHERE n.effects > 1), 0)
FROM (
  SELECT (SELECT count(*) FROM effects AS f
          WHERE f.org_id = e.org_id AND f.event_id = e.id AND f.step = w.step) AS effects
  FROM events AS e
  JOIN subjects AS b ON b.org_id = e.org_id AND b.id = e.subject_id
  JOIN users AS u ON u.org_id = b.org_id AND u.id = b.user_id
  CROSS JOIN (VALUES ('score'), ('consolidate')) AS w (step)
  WHERE u.external_id = %s AND e.kind = 'turn'
) AS n
"""
_RUNS: Final = """
SELECT s.external_id
FROM runs AS r
JOIN sessions AS s ON s.org_id = r.org_id AND s.id = cast(r.detail ->> 'session' AS bigint)
JOIN subjects AS b ON b.org_id = s.org_id AND b.id = s.subject_id
JOIN users AS u ON u.org_id = b.org_id AND u.id = b.user_id
WHERE r.pass = 'consolidate' AND r.outcome = 'applied' AND u.external_id = %s
ORDER BY r.id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """What went wrong; the promise is `Faults()`."""

    # events that were accepted, their effects, or sessions' consolidations that are not there
    lost: int = 0
    # the same, there more than once
    doubled: int = 0
    # sessions whose events, or whose consolidations, are not in the order they were sent in
    reordered: int = 0
    # streams whose numbers are not 1, 2, 3 …
    gaps: int = 0


def faults(reader: Reader, talk: Conversation) -> Faults:
    """Compare what was sent with what is stored, once every session is consolidated."""
    sent = list(_sent(talk))
    found = [(session, *rest) for session, *rest in _ask(reader, _EVENTS, talk.user_id)]
    names = [session.session_id for session in talk.sessions]
    consolidated = [name for (name,) in _ask(reader, _RUNS, talk.user_id)]
    wrong = Counter(found) - Counter(sent)
    twice = Counter(consolidated) - Counter(names)
    ((missing, surplus),) = _ask(reader, _EFFECTS, talk.user_id)
    return Faults(
        lost=(Counter(sent) - Counter(found)).total()
        + len(set(names) - set(consolidated))
        + int(missing),
        doubled=wrong.total() + twice.total() + int(surplus),
        reordered=sum(
            [one for one in sent if one[0] == name] != [one for one in found if one[0] == name]
            for name in names
        )
        + (list(dict.fromkeys(consolidated)) != names),
        gaps=int(reader.execute(_GAPS).fetchall()[0][0]),
    )


def memories(reader: Reader, user: str) -> Counter[tuple[Any, ...]]:
    """The user's memories: type, tier, state, content, importance, time, version and sources."""
    rows: Iterable[tuple[Any, ...]] = _ask(reader, _MEMORIES, user)
    return Counter((*rest, tuple(sources)) for *rest, sources in rows)


def _ask(reader: Reader, question: LiteralString, user: str) -> list[tuple[Any, ...]]:
    return reader.execute(question, (user,)).fetchall()


def _sent(talk: Conversation) -> Iterable[tuple[Any, ...]]:
    for session in talk.sessions:
        yield session.session_id, "session.start", None, None
        for turn in session.turns:
            yield session.session_id, "turn", turn.turn_id, turn.content
        yield session.session_id, "session.end", None, None
