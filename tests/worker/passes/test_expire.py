"""The pass expire: what outlived its time is forgotten, then purged; a legal hold wins."""

from datetime import timedelta
from typing import Any

import pytest

from tests.world import NOW, Org, memory

DAY = timedelta(days=1)
MICROSECOND = timedelta(microseconds=1)
STANDING = "state, state_since, state_reason"


def _remember(org: Org, content: str = "fact", **given: Any) -> None:  # noqa: ANN401
    org.append(memory(content, **{"importance": 0.9, **given}))
    for name in ("score", "embed"):
        org.world.drain(name)


def _expire(org: Org, days: float) -> None:
    org.world.drain("expire", now=NOW + days * DAY)


def _hold(org: Org, kind: str = "org", ref: str = "NULL") -> None:
    org.world.do(
        "INSERT INTO holds (org_id, kind, ref_id, reference, placed_at) "  # noqa: S608
        f"SELECT org_id, %(kind)s, {ref}, 'case 1', %(now)s FROM memories LIMIT 1",
        kind=kind,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("after", "state"),
    [(timedelta(seconds=60) - MICROSECOND, "live"), (timedelta(seconds=60), "forgotten")],
)
def test_memory_is_forgotten_when_its_time_to_live_ends(
    org: Org, after: timedelta, state: str
) -> None:
    _remember(org, ttl_seconds=60)

    _expire(org, after / DAY)

    assert org.memories("state") == [state]


@pytest.mark.parametrize(
    ("days", "state"), [(31 - 1e-9, "forgotten"), (31, "purged")], ids=["before", "at"]
)
def test_forgotten_memory_is_purged_when_its_retention_ends(
    org: Org, days: float, state: str
) -> None:
    _remember(org, ttl_seconds=86_400)

    _expire(org, days)

    assert org.memories("state") == [state]


def test_purge_leaves_no_word_anywhere(org: Org) -> None:
    _remember(org, "xylophone lessons", ttl_seconds=86_400)
    org.do("UPDATE memories SET content = 'xylophone recital'", now=NOW + timedelta(hours=1))

    _expire(org, 40)

    tables = ("memories", "memory_versions", "events", "past_lexemes", "lexemes")
    found = {
        table: org.column(f"SELECT count(*) FROM {table} WHERE {table}::text LIKE '%%xyloph%%'")  # noqa: S608
        for table in tables
    }
    assert found == {table: [0] for table in tables}
    assert org.column("SELECT count(*) FROM past_embeddings") == [0]
    assert org.column("SELECT count(*) FROM embeddings") == [0]


def test_purged_memory_says_since_when_and_what_it_lived_through(org: Org) -> None:
    _remember(org, ttl_seconds=86_400)

    _expire(org, 50)

    assert org.memories(STANDING) == [("purged", NOW + 31 * DAY, "retention_ended")]
    assert [
        tuple(row) for row in org.ask("SELECT before, after, at FROM crossings ORDER BY id")
    ] == [
        ("live", "forgotten", NOW + DAY),
        ("forgotten", "purged", NOW + 31 * DAY),
    ]


def test_words_of_a_store_stay_while_another_memory_came_from_them(org: Org) -> None:
    _remember(org, ttl_seconds=86_400)
    org.world.do(
        "WITH drawn AS (SELECT nextval('memories_id_seq') AS id), told AS ("
        "INSERT INTO derivations (org_id, child_kind, child_id, event_id) "
        "SELECT d.org_id, 'memory', w.id, d.event_id FROM derivations d, drawn w) "
        "SELECT 1"
    )
    ((child,),) = org.ask("SELECT max(child_id) FROM derivations")
    org.world.do(
        "INSERT INTO memories (org_id, id, subject_id, agent_id, type, tier, state_since, content, "
        "content_hash, importance, trust, occurred_at, recorded_at, valid_from, last_access, "
        "facts_since, text_since) SELECT org_id, %(id)s, subject_id, agent_id, type, tier, "
        "state_since, content, content_hash, importance, trust, occurred_at, recorded_at, "
        "valid_from, last_access, facts_since, text_since FROM memories",
        id=child,
    )

    _expire(org, 40)

    assert set(org.memories("state")) == {"purged", "live"}
    assert org.column("SELECT body ->> 'content' FROM events") == ["fact"]


@pytest.mark.parametrize(
    ("kind", "ref"),
    [("org", "NULL"), ("agent", "agent_id"), ("user", "user_id"), ("memory", "id")],
)
def test_legal_hold_wins_over_retention(org: Org, kind: str, ref: str) -> None:
    _remember(org, ttl_seconds=86_400)
    _hold(org, kind, ref)

    _expire(org, 400)

    assert org.memories(f"content, {STANDING}") == [("fact", "forgotten", NOW + DAY, "expired")]


def test_what_is_held_is_not_looked_at_run_after_run(org: Org) -> None:
    _remember(org, ttl_seconds=86_400)
    _hold(org)
    # forgets the memory, then deletes old runs
    for _ in range(2):
        _expire(org, 400)

    outcomes = org.world.drain("expire", now=NOW + 401 * DAY)

    assert [its.changes.read for its in outcomes] == [0]


def test_hold_over_another_memory_keeps_nothing_else(org: Org) -> None:
    _remember(org, ttl_seconds=86_400)
    _hold(org, "memory", "id + 1")

    _expire(org, 400)

    assert org.memories("state") == ["purged"]


def test_lifted_hold_lets_the_next_run_purge_what_was_due(org: Org) -> None:
    _remember(org, ttl_seconds=86_400)
    _hold(org)
    _expire(org, 400)
    org.world.do("UPDATE holds SET lifted_at = %(then)s", then=NOW + 401 * DAY)

    _expire(org, 402)

    assert org.memories(STANDING) == [("purged", NOW + 31 * DAY, "retention_ended")]


def _policy(org: Org, body: str) -> None:
    org.world.do(
        "INSERT INTO policies (org_id, version, body, created_at) "
        "VALUES (%(org)s, 1, %(body)s::jsonb, %(now)s)",
        org=org.number,
        body=body,
        now=NOW - DAY,
    )


@pytest.mark.parametrize(("cap", "left"), [(3, 3), (2, 2), (1, 1)])
def test_memories_beyond_the_cap_are_forgotten_the_least_first(
    org: Org, cap: int, left: int
) -> None:
    _policy(org, f'{{"expire": {{"max_live_memories": {cap}}}}}')
    for importance in (0.3, 0.9, 0.6):
        _remember(org, f"fact {importance}", importance=importance)

    _expire(org, 0)

    kept = org.memories(where="state = 'live'")
    assert sorted(kept) == ["fact 0.3", "fact 0.6", "fact 0.9"][3 - left :]


def test_pinned_memory_is_never_one_too_many(org: Org) -> None:
    _policy(org, '{"expire": {"max_live_memories": 1}}')
    for importance in (0.1, 0.9):
        _remember(org, f"fact {importance}", importance=importance)
    org.do("UPDATE memories SET pinned = true WHERE importance = 0.1")

    _expire(org, 0)

    assert org.memories(where="state = 'live'") == ["fact 0.1"]


def test_cap_is_for_each_subject(org: Org) -> None:
    _policy(org, '{"expire": {"max_live_memories": 1}}')
    for user in ("one", "other"):
        _remember(org, user, user=user)

    _expire(org, 0)

    assert org.memories(where="state = 'live'") == ["one", "other"]


@pytest.mark.parametrize(("days", "left"), [(90, 1), (91, 0)])
def test_log_of_uses_is_kept_for_a_time(org: Org, days: int, left: int) -> None:
    _remember(org, memory_type="semantic")
    org.world.do(
        "INSERT INTO accesses (org_id, memory_id, at, folded_at) "
        "SELECT org_id, id, %(now)s, %(now)s FROM memories",
        now=NOW,
    )

    _expire(org, days)

    assert org.column("SELECT count(*) FROM accesses") == [left]
