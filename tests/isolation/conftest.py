"""A world of two orgs with rows in every table; nothing in this folder commits, so all share it."""

from collections.abc import Iterator

import pytest

from nrem.embedded.postgres import EmbeddedPostgres
from tests.postgres import Database, created
from tests.world import Org, World, connected, end, memory, turn

# Conversations, jobs, budgets and the trail, of an org that has a memory.
_SURFACE = (
    "INSERT INTO audit (org_id, operation, at) VALUES (%(org)s, 'store', now())",
    """INSERT INTO conversations (org_id, agent_id, created_at, updated_at)
    SELECT org_id, id, now(), now() FROM agents WHERE org_id = %(org)s LIMIT 1""",
    """INSERT INTO conversation_turns
    (org_id, conversation_id, turn_index, memory_id, role, created_at)
    SELECT c.org_id, c.id, 1, m.id, 'user', now()
    FROM conversations AS c JOIN memories AS m ON m.org_id = c.org_id
    WHERE c.org_id = %(org)s LIMIT 1""",
    "INSERT INTO budgets (org_id, set_at) VALUES (%(org)s, now())",
    "INSERT INTO replays (org_id, key, body, created_at) VALUES (%(org)s, 'key', 'body', now())",
    "INSERT INTO datasets (org_id, external_id, created_at) VALUES (%(org)s, 'd', now())",
    """INSERT INTO jobs (org_id, family, input_key, request, created_at, updated_at)
    VALUES (%(org)s, 'ingest', 'key', '{}', now(), now())""",
    """INSERT INTO dataset_memories (org_id, dataset_id, memory_id)
    SELECT d.org_id, d.id, m.id
    FROM datasets AS d JOIN memories AS m ON m.org_id = d.org_id
    WHERE d.org_id = %(org)s LIMIT 1""",
)

# A call of a paid model, what it cost, and when the model may be asked again.
_PAID = (
    """INSERT INTO llm_calls (org_id, pass, run_id, model, prompt_hash, request_hash,
    reserved_micros, reserved_tokens, lapses_at, started_at)
    VALUES (%(org)s, 'appraise', 1, 'model', 'x', 'y', 1, 1, now(), now())""",
    "INSERT INTO llm_spend (org_id, day, pass) VALUES (%(org)s, current_date, 'appraise')",
    "INSERT INTO llm_gates (org_id, model) VALUES (%(org)s, 'model')",
    """INSERT INTO llm_batches (org_id, model, bytes, opened_at)
    VALUES (%(org)s, 'model', 1, now())""",
    """INSERT INTO llm_batch_waits (org_id, call_id, pass)
    SELECT org_id, id, 'appraise' FROM llm_calls WHERE org_id = %(org)s LIMIT 1""",
)
# A card of its own for each org; observations come from what is told.
_CARDS = (
    """INSERT INTO card_schemas (org_id, agent_id, body, set_at)
    SELECT org_id, id, '{}', now() FROM agents WHERE org_id = %(org)s LIMIT 1""",
    """INSERT INTO cards (org_id, subject_id, updated_at)
    SELECT org_id, id, now() FROM subjects WHERE org_id = %(org)s LIMIT 1""",
    """INSERT INTO card_values (org_id, subject_id, field, version, value, valid_from)
    SELECT org_id, subject_id, 'name', 1, 'Ana', now() FROM cards WHERE org_id = %(org)s""",
)
# A vector that a caller brought.
_VECTORS = """INSERT INTO vectors
    (org_id, agent_id, namespace, external_id, vector, metadata, updated_at)
    SELECT org_id, id, 'n', 'x', '[1,2]', '{}', now() FROM agents WHERE org_id = %(org)s LIMIT 1"""
# What an import carried, and a session, a thread and a watermark as zeno-memory's stores keep them.
_ZENO = (
    "INSERT INTO carried (org_id, key) VALUES (%(org)s, 'key')",
    """INSERT INTO zeno_sessions
    (org_id, subject_id, channel, sdk_session_id, created_at, updated_at)
    SELECT org_id, id, 'cli', 'sdk', now(), now() FROM subjects WHERE org_id = %(org)s LIMIT 1""",
    """INSERT INTO zeno_threads (org_id, thread_id, subject_id)
    SELECT t.org_id, t.id, u.id FROM threads AS t JOIN subjects AS u ON u.org_id = t.org_id
    WHERE t.org_id = %(org)s LIMIT 1""",
    """INSERT INTO zeno_watermarks (org_id, subject_id, thread_id, last_sequence, status, run_at)
    SELECT org_id, subject_id, thread_id, 0, 'ok', now() FROM zeno_threads
    WHERE org_id = %(org)s""",
)
# The chain of the trail: a line that waits, a seal, the end of the chain.
_SEALS = (
    "INSERT INTO seal_queue (org_id, audit_id) VALUES (%(org)s, 1000007)",
    """INSERT INTO seals (org_id, place, audit_id, hash, sealed_at)
    VALUES (%(org)s, 1, 1000006, 'x', now())""",
    """INSERT INTO seal_heads (org_id, place, audit_id, hash, sealed_at)
    VALUES (%(org)s, 1, 1000006, 'x', now())""",
)
# An erasure that was asked for, and what goes with it.
_ERASURES = (
    """INSERT INTO erasures (org_id, kind, target_id, target_hash, requested_at, due_by)
    VALUES (%(org)s, 'user', 7, 'x', now(), now())""",
    """INSERT INTO erasure_items (org_id, erasure_id, kind, item_id)
    SELECT org_id, id, 'event', 7 FROM erasures WHERE org_id = %(org)s""",
    """INSERT INTO erasure_remakes (org_id, erasure_id, memory_id, subject_id, tier, event_ids)
    SELECT org_id, id, 7, 7, 'short', '{}' FROM erasures WHERE org_id = %(org)s""",
    """INSERT INTO erasure_fences (org_id, kind, ref_id, erasure_id)
    SELECT org_id, 'user', 1000007, id FROM erasures WHERE org_id = %(org)s""",
)
# What a rewrite must reach for an erasure.
_MARKS = "INSERT INTO rewrite_marks (org_id, erasure_id, before_xid) VALUES (%(org)s, 1, 1)"
# A row of each table that only reflecting fills, about an observation that there is.
_LINEAGE = """INSERT INTO observation_parents (org_id, observation_id, parent_id)
    SELECT org_id, id, id FROM observations WHERE org_id = %(org)s LIMIT 1"""


def _live(org: Org) -> None:
    """Leave rows of this org in every table."""
    org.append(turn("I moved to Lisbon.", session="s", thread="t"), end("s"))
    org.append(memory("fact", importance=0.5))
    org.append(turn("I like tea.", session="open"))
    org.world.settle()
    org.world.drain("observe")
    org.do("UPDATE memories SET content = 'another fact'")
    org.world.do(
        "INSERT INTO policies (org_id, version, body) VALUES (%(org)s, 1, '{}')", org=org.number
    )
    org.world.do(
        "INSERT INTO parked (org_id, pass, item_kind, item_id, reason, attempts) "
        "VALUES (%(org)s, 'score', 'event', 1, 'failed', 5)",
        org=org.number,
    )
    for table, columns, values in (
        ("accesses", "memory_id, at", "id, now()"),
        (
            "crossings",
            "memory_id, kind, before, after, at, reason",
            "id, 'tier', 'a', 'b', now(), 'x'",
        ),
        ("holds", "kind, ref_id, reference, placed_at", "'memory', id, 'case 1', now()"),
        ("attributes", "subject_id, attribute_key, memory_id", "subject_id, 'key', id"),
        (
            "previews",
            "pass, subject_id, asked_at, expires_at",
            "'consolidate', subject_id, now(), now() + interval '1 day'",
        ),
    ):
        org.world.do(
            f"INSERT INTO {table} (org_id, {columns}) "  # noqa: S608
            f"SELECT org_id, {values} FROM memories WHERE org_id = %(org)s LIMIT 1",
            org=org.number,
        )
    org.world.do(
        "INSERT INTO schedules (org_id, pass, cron, timezone, paused, set_at) "
        "VALUES (%(org)s, 'decay', '* * * * *', 'UTC', false, now())",
        org=org.number,
    )
    org.world.do("INSERT INTO redues (org_id) VALUES (%(org)s)", org=org.number)
    its = (*_SURFACE, *_CARDS, _LINEAGE, *_PAID, *_ZENO, _VECTORS, *_SEALS, *_ERASURES, _MARKS)
    for statement in its:
        org.world.do(statement, org=org.number)
    org.world.do(
        "INSERT INTO api_keys (org_id, key_id, secret_hash, scopes) "
        "VALUES (%(org)s, %(key)s, 'x', '{}')",
        org=org.number,
        key=f"key{org.number}",
    )
    org.world.do(
        "INSERT INTO rates (org_id, key_row_id, full_at, taken_at) "
        "SELECT org_id, id, now(), now() FROM api_keys WHERE org_id = %(org)s",
        org=org.number,
    )


@pytest.fixture(scope="session")
def world(cluster: EmbeddedPostgres, template: Database) -> Iterator[World]:
    with created(cluster, template.name) as database, connected(database) as world:
        yield world


@pytest.fixture(scope="session")
def orgs(world: World) -> tuple[Org, Org]:
    """Two orgs with rows in every table: one to protect, one to try it from."""
    found = world.found("victim"), world.found("intruder")
    for org in found:
        _live(org)
    for org in found:
        org.append(memory("waits to be scored"))
    return found
