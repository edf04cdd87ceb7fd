"""Memories and their versions: sources always, versions dense, facts never rewritten."""

import itertools
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError, IntegrityError

from nrem.policy.model import MemoryType, Tier
from nrem.policy.params import Policy
from nrem.store import memory as memories
from nrem.store.memory import NewMemory, Owner, content_hash
from tests.world import DIGEST, NOW, Org, memory

VERSIONS = (
    "SELECT version, content, importance, pinned, valid_from, valid_to FROM memory_versions "
    "WHERE org_id = %(org)s AND memory_id = %(id)s UNION ALL "
    "SELECT version, content, importance, pinned, valid_from, NULL FROM memories "
    "WHERE org_id = %(org)s AND id = %(id)s ORDER BY version"
)


def _stored(org: Org, content: str = "fact") -> int:
    org.append(memory(content, importance=0.5))
    org.world.drain("score")
    return int(org.memories("id")[-1])


def _versions(org: Org, memory_id: int) -> list[Any]:
    return org.ask(VERSIONS, id=memory_id)


def _change(org: Org, memory_id: int, assignments: str, *, minutes: float = 1) -> None:
    order = f"UPDATE memories SET {assignments} WHERE id = %(id)s"  # noqa: S608
    org.do(order, id=memory_id, now=NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize(
    "assignment",
    [
        "content = 'other'",
        "importance = 0.9",
        "pinned = true",
        "type = 'semantic'",
        """metadata = '{"a": 1}'""",
        "occurred_at = occurred_at - interval '1 day'",
        "true_until = '2026-01-01'",
    ],
)
def test_change_of_meaning_makes_a_version(org: Org, assignment: str) -> None:
    memory_id = _stored(org)

    _change(org, memory_id, assignment)

    rows = _versions(org, memory_id)
    assert [row.version for row in rows] == [1, 2]
    assert (rows[0].content, rows[0].importance, rows[0].pinned) == ("fact", 0.5, False)


@pytest.mark.parametrize(
    "assignment",
    [
        "tier = 'permanent'",
        "access_count = 7, last_access = now()",
        "due_at = 'infinity'",
        "state = 'archived', state_since = now()",
        "content = content",
    ],
)
def test_change_of_circumstance_makes_no_version(org: Org, assignment: str) -> None:
    memory_id = _stored(org)

    _change(org, memory_id, assignment)

    assert [row.version for row in _versions(org, memory_id)] == [1]


def test_version_closes_at_the_instant_the_next_opens(org: Org) -> None:
    memory_id = _stored(org)

    _change(org, memory_id, "importance = 0.9", minutes=5)

    first, second = _versions(org, memory_id)
    assert (first.valid_from, first.valid_to) == (NOW, NOW + timedelta(minutes=5))
    assert second.valid_from == first.valid_to


def test_changes_at_one_instant_keep_their_order(org: Org) -> None:
    memory_id = _stored(org)

    for importance in (0.6, 0.7, 0.8):
        _change(org, memory_id, f"importance = {importance}", minutes=0)

    rows = _versions(org, memory_id)
    assert [row.importance for row in rows] == [0.5, 0.6, 0.7, 0.8]
    assert [row.valid_from for row in rows] == sorted({row.valid_from for row in rows})


def _assignments() -> st.SearchStrategy[str]:
    return st.one_of(
        st.integers(0, 3).map(lambda n: f"content = 'text {n}'"),
        st.sampled_from([0.0, 0.5, 1.0]).map(lambda x: f"importance = {x}"),
        st.booleans().map(lambda is_pinned: f"pinned = {is_pinned}"),
        st.sampled_from(["tier = 'long'", "state = 'archived'", "state = 'live'"]),
    )


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(_assignments(), st.integers(-5, 5)), max_size=8))
def test_history_is_dense_whatever_happens(org: Org, changes: list[tuple[str, int]]) -> None:
    memory_id = _stored(org)

    for assignments, minutes in changes:
        _change(org, memory_id, assignments, minutes=minutes)

    rows = _versions(org, memory_id)
    assert [row.version for row in rows] == list(range(1, len(rows) + 1))
    assert all(row.valid_to is None or row.valid_from < row.valid_to for row in rows)
    assert [row.valid_to for row in rows] == [*(row.valid_from for row in rows[1:]), None]
    meanings = [(row.content, row.importance, row.pinned) for row in rows]
    assert all(old != new for old, new in itertools.pairwise(meanings))


def test_runtime_role_cannot_rewrite_history(org: Org) -> None:
    memory_id = _stored(org)
    _change(org, memory_id, "importance = 0.9")

    with pytest.raises(DBAPIError, match="permission denied"):
        org.do("UPDATE memory_versions SET content = 'never said'")


def test_memory_without_sources_is_refused(org: Org) -> None:
    _stored(org)

    with pytest.raises(IntegrityError, match="at least one row in derivations"):
        org.do(
            "INSERT INTO memories (org_id, subject_id, agent_id, type, tier, state_since, content, "
            "content_hash, importance, trust, occurred_at, recorded_at, valid_from, last_access, "
            "facts_since, text_since) "
            "SELECT org_id, subject_id, agent_id, type, tier, state_since, content, content_hash, "
            "importance, trust, occurred_at, recorded_at, valid_from, last_access, "
            "facts_since, text_since FROM memories"
        )

    assert len(org.memories()) == 1


def test_one_memory_without_sources_spoils_the_whole_batch(org: Org) -> None:
    (event,) = org.append(memory("said"))
    owner = Owner(
        subject_id=event.subject_id, agent_id=event.agent_id, user_id=event.user_id, session_id=None
    )

    def new(*sources: int) -> NewMemory:
        return NewMemory(
            owner=owner,
            memory_type=MemoryType.EPISODIC,
            tier=Tier.SHORT,
            content="fact",
            content_hash=content_hash(DIGEST, org.number, "fact"),
            importance=0.5,
            is_importance_given=True,
            trust="user",
            occurred_at=NOW,
            source_event_ids=sources,
            due_at=None,
        )

    with pytest.raises(IntegrityError), org.begin() as conn:
        memories.add(
            conn, org.number, [new(event.event_id), new()], policy=Policy.default(), now=NOW
        )

    assert not org.memories()


def test_source_must_be_an_event_of_the_org(org: Org) -> None:
    other = org.world.found("other")
    (foreign,) = other.append(memory("said"))
    memory_id = _stored(org)

    with pytest.raises(IntegrityError), org.begin() as conn:
        memories.add_sources(conn, org.number, [(memory_id, [foreign.event_id], None)])


def test_source_named_twice_is_one(org: Org) -> None:
    (event,) = org.append(memory("said"))
    org.world.drain("score")
    memory_id = org.memories("id")[0]

    with org.begin() as conn:
        memories.add_sources(conn, org.number, [(memory_id, [event.event_id] * 2, None)])

    assert org.column("SELECT event_id FROM derivations") == [event.event_id]


@pytest.mark.parametrize("is_superuser", [True, False], ids=["superuser", "worker"])
def test_event_is_never_rewritten(org: Org, is_superuser: bool) -> None:  # noqa: FBT001
    org.append(memory("said"))
    order = """UPDATE events SET body = '{"content": "never said"}'"""

    with pytest.raises(DBAPIError, match="immutable"):
        (org.world.do if is_superuser else org.do)(order)


def test_words_of_an_event_can_be_emptied_and_nothing_else(org: Org) -> None:
    org.append(memory("said"))

    org.do("UPDATE events SET body = '{}'")

    assert org.column("SELECT body FROM events") == [{}]
    with pytest.raises(DBAPIError, match="permission denied"):
        org.do("UPDATE events SET tokens = 0, body = '{}'")


@pytest.mark.parametrize(
    ("column", "value"), [("importance", "1.01"), ("importance", "-0.01"), ("state", "'gone'")]
)
def test_value_out_of_range_is_refused(org: Org, column: str, value: str) -> None:
    memory_id = _stored(org)

    with pytest.raises(IntegrityError, match=f"memories_{column}_check"):
        _change(org, memory_id, f"{column} = {value}")


def test_equal_content_has_equal_digests_in_one_org_only() -> None:
    one, other = (content_hash(DIGEST, org_id, "I like tea.") for org_id in (1, 2))

    assert one == content_hash(DIGEST, 1, "I  LIKE tea.")
    assert one != content_hash(DIGEST, 1, "I like coffee.")
    assert one != other
