"""What the migrations have made, for drift checks and catalogue tests; the SQL files do the work.

Every table stands in one of two lists. Defaults and checks are in the migrations alone: Alembic
does not compare them.
"""

from typing import Final

from sqlalchemy import Table

from nrem.store.schema_column import metadata
from nrem.store.schema_control import (
    api_keys,
    heartbeats,
    inbox,
    leases,
    org_work,
    orgs,
    parked,
    redues,
    run_totals,
    schedules,
    streams,
    ticks,
)
from nrem.store.schema_directory import agents, sessions, subjects, threads, users
from nrem.store.schema_erase import erasure_fences, erasure_items, erasure_remakes, erasures
from nrem.store.schema_key import rates
from nrem.store.schema_knowledge import (
    attributes,
    edges,
    previews,
    promote_queue,
    run_changes,
)
from nrem.store.schema_life import accesses, crossings, holds, past_embeddings, past_lexemes
from nrem.store.schema_llm import (
    llm_batch_waits,
    llm_batches,
    llm_calls,
    llm_gates,
    llm_spend,
)
from nrem.store.schema_observation import (
    card_schemas,
    card_values,
    cards,
    observation_logs,
    observation_parents,
    observations,
)
from nrem.store.schema_receipt import erasure_lines
from nrem.store.schema_removal import rewrite_marks, rewrites
from nrem.store.schema_seal import seal_heads, seal_queue, seals
from nrem.store.schema_surface import (
    audit,
    budgets,
    conversation_turns,
    conversations,
    dataset_memories,
    datasets,
    jobs,
    replays,
)
from nrem.store.schema_tenant import (
    derivations,
    effects,
    embeddings,
    events,
    lexemes,
    memories,
    memory_versions,
    policies,
    runs,
)
from nrem.store.schema_vector import vectors
from nrem.store.schema_zeno import carried, zeno_sessions, zeno_threads, zeno_watermarks

__all__ = ["CONTENT_COLUMNS", "CONTROL_TABLES", "SCHEMA_VERSION", "TENANT_TABLES", "metadata"]

SCHEMA_VERSION: Final = "0007"

# Hold no text from callers; the worker role reads them across orgs.
CONTROL_TABLES: Final[tuple[Table, ...]] = (
    orgs,
    api_keys,
    streams,
    leases,
    inbox,
    org_work,
    parked,
    run_totals,
    ticks,
    heartbeats,
    schedules,
    redues,
    llm_spend,
    llm_gates,
    llm_batches,
    llm_batch_waits,
    rates,
    seal_queue,
    seal_heads,
    erasures,
    erasure_lines,
    rewrites,
    rewrite_marks,
)

# Hold what a person said, or ids of memories; org_id leads every key.
TENANT_TABLES: Final[tuple[Table, ...]] = (
    policies,
    agents,
    users,
    subjects,
    threads,
    sessions,
    events,
    effects,
    memories,
    memory_versions,
    derivations,
    runs,
    embeddings,
    lexemes,
    accesses,
    crossings,
    past_embeddings,
    past_lexemes,
    holds,
    edges,
    run_changes,
    promote_queue,
    attributes,
    previews,
    audit,
    conversations,
    conversation_turns,
    budgets,
    datasets,
    jobs,
    replays,
    dataset_memories,
    llm_calls,
    observation_logs,
    observations,
    observation_parents,
    card_schemas,
    cards,
    card_values,
    carried,
    zeno_sessions,
    zeno_threads,
    zeno_watermarks,
    vectors,
    seals,
    erasure_items,
    erasure_remakes,
    erasure_fences,
)

# What callers and people wrote, and what is computed from it; kept out of planner statistics.
CONTENT_COLUMNS: Final[tuple[tuple[str, str], ...]] = (
    ("agents", "external_id"),
    ("users", "external_id"),
    ("threads", "external_id"),
    ("sessions", "external_id"),
    ("sessions", "metadata"),
    ("events", "body"),
    ("memories", "content"),
    ("memories", "metadata"),
    ("memory_versions", "content"),
    ("memory_versions", "metadata"),
    ("embeddings", "vector"),
    ("lexemes", "lexeme"),
    ("memories", "features"),
    ("past_embeddings", "vector"),
    ("past_lexemes", "lexeme"),
    ("holds", "reference"),
    ("edges", "metadata"),
    ("previews", "changes"),
    ("sessions", "session_type"),
    ("conversations", "title"),
    ("conversations", "metadata"),
    ("datasets", "external_id"),
    ("jobs", "request"),
    ("llm_calls", "request"),
    ("llm_calls", "reply"),
    ("observations", "text"),
    ("observations", "vector"),
    ("card_schemas", "body"),
    ("card_values", "field"),
    ("card_values", "value"),
    ("zeno_sessions", "channel"),
    ("zeno_sessions", "thread_key"),
    ("zeno_sessions", "sdk_session_id"),
    ("zeno_sessions", "last_summary"),
    ("vectors", "namespace"),
    ("vectors", "external_id"),
    ("vectors", "vector"),
    ("vectors", "metadata"),
)
