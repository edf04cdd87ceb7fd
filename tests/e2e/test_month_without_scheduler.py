"""A month in which nothing runs, and one in which everything runs: memories end the same.

Two orgs are told the same, ask the same and use the same for 30 days of given time. For one the
sweeps run every few hours; for the other not once before the end.
"""

import random
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from nrem import ids
from nrem.store import access as log
from nrem.store import directory, policy, recall
from nrem.store.access import Access
from nrem.store.recall_match import Question, Scope
from tests.extent import full_only
from tests.world import EMBEDDER, NOW, Org, access, memory
from worker.passes import BY_NAME
from worker.runner import drain, rehearse

DAY: Final = timedelta(days=1)
SWEEPS: Final = ("reinforce", "decay", "expire")
# Everything that decides a memory's standing, and its history.
STANDING: Final = """
SELECT m.content, m.state, m.state_since, m.state_reason, m.tier, m.access_count, m.last_access,
       m.version,
       (SELECT array_agg(ROW (c.kind, c.before, c.after, c.at, c.reason) ORDER BY c.at, c.kind)
        ::text
        FROM crossings AS c WHERE c.org_id = m.org_id AND c.memory_id = m.id)
FROM memories AS m
WHERE m.org_id = %(org)s
ORDER BY m.id
"""
TOPICS: Final = ("cello", "harbour", "recipe", "deadline", "allergy", "holiday", "garden", "budget")
TYPES: Final = ("working", "episodic", "semantic", "procedural")
TIERS: Final = (None, "short", "long", "permanent")


def _sweep(org: Org, now: datetime) -> None:
    for name in SWEEPS:
        org.world.wake(name)
        drain(org.world.setting(now=now, only_org=org.number), BY_NAME[name])


def _populate(org: Org) -> None:
    chance = random.Random(7)  # noqa: S311 - the same for both orgs
    org.append(
        *(
            memory(
                f"{topic} {memory_type} {tier} {number}",
                memory_type=memory_type,
                tier=tier,
                importance=chance.choice((0.02, 0.1, 0.4, 0.95)),
                ttl_seconds=chance.choice((None, None, 3 * 86_400)),
                session="kept",
            )
            for number, (topic, memory_type, tier) in enumerate(
                (topic, memory_type, tier)
                for topic in TOPICS
                for memory_type in TYPES
                for tier in TIERS
            )
        )
    )
    for name in ("score", "embed"):
        drain(org.world.setting(only_org=org.number), BY_NAME[name])


def _ask(org: Org, query: str, now: datetime, turn: str | None) -> list[tuple[Any, ...]]:
    """As the API answers a recall, and logs behind it what was of use."""
    with org.begin(now=now) as conn:
        agent_id = directory.find_agent(conn, org.number, "agent") or 0
        timeline = policy.timeline(conn, org.number)
        question = Question(
            query=query,
            vector=EMBEDDER.embed_query(query),
            model=EMBEDDER.model_id,
            limit=4,
        )
        scope = Scope(agent_id=agent_id, include_turns=False)
        found = recall.recall(conn, org.number, scope, question, timeline=timeline, now=now)
        least = timeline.at(now).reinforce.hit_relevance
        uses = [
            Access(
                memory_id=one.ranked.key[1],
                agent_id=agent_id,
                at=now,
                turn_key=turn.encode() if turn else None,
            )
            for one in found
            if one.is_hit(least)
        ]
        log.add(conn, org.number, uses)
    return [(one.content, one.tier, one.access_count, one.ranked.importance) for one in found]


def _use(org: Org, content: str, now: datetime) -> None:
    ((number,),) = org.ask(
        "SELECT id FROM memories WHERE org_id = %(org)s AND content = %(content)s", content=content
    )
    org.append(access(ids.encode(ids.MEMORY, number)), now=now)


def _set_policy(org: Org, version: int, body: str, now: datetime) -> None:
    org.world.do(
        "INSERT INTO policies (org_id, version, body, created_at) "
        "VALUES (%(org)s, %(version)s, %(body)s::jsonb, %(now)s)",
        org=org.number,
        version=version,
        body=body,
        now=now,
    )


def _live_a_month(orgs: tuple[Org, Org], kept: Org, *, changes_policy: bool) -> list[Any]:
    """What both orgs answer, day by day; the sweeps run for `kept` alone."""
    chance = random.Random(11)  # noqa: S311 - the same activity each time
    contents = orgs[0].memories("content", where=f"org_id = {orgs[0].number}")
    answers = []
    for hour in range(0, 30 * 24, 5):
        now = NOW + timedelta(hours=hour, minutes=chance.randrange(60))
        if changes_policy and hour == 300:
            for org in orgs:
                _set_policy(org, 1, '{"tiers": {"short_idle_days": 3, "long_idle_days": 9}}', now)
        if hour % 15 == 0:
            query = f"{chance.choice(TOPICS)} {chance.choice(TYPES)}"
            turn = chance.choice((None, f"turn {hour}"))
            answers.append([_ask(org, query, now, turn) for org in orgs])
        if hour % 20 == 0:
            content = chance.choice(contents)
            for org in orgs:
                _use(org, content, now)
        _sweep(kept, now)
    return answers


@pytest.mark.parametrize(
    "changes_policy",
    [
        pytest.param(False, id="one policy", marks=full_only),
        pytest.param(True, id="a new one midway"),
    ],
)
def test_month_without_sweeps_gives_the_same_memories(org: Org, *, changes_policy: bool) -> None:
    stopped, kept = org, org.world.found("kept")
    for one in (stopped, kept):
        _populate(one)

    answers = _live_a_month((stopped, kept), kept, changes_policy=changes_policy)
    end = NOW + 31 * DAY
    for one in (stopped, kept):
        _sweep(one, end)
        _sweep(one, end)

    assert [mine for mine, _ in answers] == [theirs for _, theirs in answers]
    assert stopped.ask(STANDING) == kept.ask(STANDING)
    states = {row.state for row in kept.ask(STANDING)}
    assert states == {"live", "archived", "forgotten", "purged"}
    assert max(row.access_count for row in kept.ask(STANDING)) >= 2


def test_fact_that_nobody_asked_for_in_400_days_is_recalled(org: Org) -> None:
    org.append(memory("The gas meter is behind the cellar door.", memory_type="semantic"))
    for name in ("score", "embed"):
        org.world.drain(name)
    later = NOW + 400 * DAY
    _sweep(org, later)

    found = _ask(org, "Where is the gas meter?", later, None)

    assert [content for content, *_ in found] == ["The gas meter is behind the cellar door."]


FIELDS: Final = {"memory": "state", "tier": "tier", "access_count": "access_count"}


def _fields(org: Org) -> dict[tuple[int, str], str]:
    """What a dry run can tell of: each field of each memory, as text."""
    rows = org.ask("SELECT id, state, tier, access_count FROM memories WHERE org_id = %(org)s")
    return {(r.id, kind): str(getattr(r, name)) for r in rows for kind, name in FIELDS.items()}


@pytest.mark.parametrize("name", SWEEPS)
def test_real_run_changes_exactly_what_its_dry_run_told(org: Org, name: str) -> None:
    _populate(org)
    for day in (1, 2, 3):
        _ask(org, "cello", NOW + day * DAY, None)
    setting = org.world.setting(now=NOW + 40 * DAY, only_org=org.number)
    org.world.wake(name)
    before = _fields(org)

    told = [line for its in rehearse(setting, BY_NAME[name]) for line in its.changes.diff]
    untouched = _fields(org)
    drain(setting, BY_NAME[name])

    assert untouched == before
    after = _fields(org)
    assert {key: (before[key], after[key]) for key in before if before[key] != after[key]} == {
        (line.id, line.kind): (line.before, line.after) for line in told if line.kind in FIELDS
    }
    assert told
