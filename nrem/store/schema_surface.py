"""The tenant tables of the wider HTTP surface, from the audit trail to marks of repeats."""

from typing import Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Index,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import INET

from nrem.store.schema_column import (
    code,
    count,
    digest,
    document,
    instant,
    metadata,
    number,
    points_to,
    row_number,
    words,
)

audit: Final = Table(
    "audit",
    metadata,
    number("org_id"),
    row_number(),
    code("operation"),
    instant("at"),
    number("key_row_id", nullable=True),
    number("run_id", nullable=True),
    number("agent_id", nullable=True),
    number("user_id", nullable=True),
    number("memory_id", nullable=True),
    code("memory_type", nullable=True),
    Column("memory_ids", ARRAY(BigInteger), nullable=False),
    Column("address", INET, nullable=True),
    document("details"),
    PrimaryKeyConstraint("org_id", "id"),
    points_to("orgs", "org_id", dies_with=True),
    Index("audit_agent_idx", "org_id", "agent_id", "id"),
    Index("audit_operation_idx", "org_id", "operation", "id"),
    Index(
        "audit_memory_idx",
        *("org_id", "memory_id", "id"),
        postgresql_where=text("memory_id IS NOT NULL"),
    ),
)

conversations: Final = Table(
    "conversations",
    metadata,
    number("org_id"),
    row_number(),
    number("agent_id"),
    number("user_id", nullable=True),
    words("title", nullable=True),
    document("metadata"),
    count("summary_cadence"),
    count("turn_count"),
    count("last_summary_turn"),
    instant("created_at"),
    instant("updated_at"),
    instant("deleted_at", nullable=True),
    digest("idem_key", nullable=True),
    digest("body_hash", nullable=True),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("org_id", "idem_key", name="conversations_idem_key"),
    points_to("orgs", "org_id", dies_with=True),
    points_to("agents", "org_id", "agent_id"),
    points_to("users", "org_id", "user_id"),
)

conversation_turns: Final = Table(
    "conversation_turns",
    metadata,
    number("org_id"),
    number("conversation_id"),
    count("turn_index"),
    number("memory_id"),
    code("role"),
    instant("created_at"),
    PrimaryKeyConstraint("org_id", "conversation_id", "turn_index"),
    points_to("conversations", "org_id", "conversation_id", dies_with=True),
    points_to("memories", "org_id", "memory_id", dies_with=True),
    Index("conversation_turns_memory_idx", "org_id", "memory_id"),
)

budgets: Final = Table(
    "budgets",
    metadata,
    number("org_id"),
    number("daily_tokens"),
    number("daily_llm_calls"),
    number("daily_embeddings"),
    number("monthly_tokens"),
    number("monthly_llm_calls"),
    number("monthly_embeddings"),
    instant("set_at"),
    PrimaryKeyConstraint("org_id"),
    points_to("orgs", "org_id", dies_with=True),
)

datasets: Final = Table(
    "datasets",
    metadata,
    number("org_id"),
    row_number(),
    words("external_id"),
    instant("created_at"),
    PrimaryKeyConstraint("org_id", "id"),
    UniqueConstraint("org_id", "external_id", name="datasets_external_key"),
    points_to("orgs", "org_id", dies_with=True),
)

jobs: Final = Table(
    "jobs",
    metadata,
    number("org_id"),
    row_number(),
    code("family"),
    code("state"),
    code("cause"),
    number("agent_id", nullable=True),
    number("dataset_id", nullable=True),
    digest("input_key"),
    digest("idem_key", nullable=True),
    document("request"),
    document("result"),
    code("error", nullable=True),
    number("run_id", nullable=True),
    instant("created_at"),
    instant("updated_at"),
    instant("started_at", nullable=True),
    instant("completed_at", nullable=True),
    PrimaryKeyConstraint("org_id", "id"),
    points_to("orgs", "org_id", dies_with=True),
    points_to("agents", "org_id", "agent_id"),
    points_to("datasets", "org_id", "dataset_id"),
    Index(
        "jobs_running_key",
        *("org_id", "family", "input_key"),
        unique=True,
        postgresql_where=text("state IN ('queued', 'running')"),
    ),
    Index(
        "jobs_idem_key",
        *("org_id", "idem_key"),
        unique=True,
        postgresql_where=text("idem_key IS NOT NULL"),
    ),
)

dataset_memories: Final = Table(
    "dataset_memories",
    metadata,
    number("org_id"),
    number("dataset_id"),
    number("memory_id"),
    PrimaryKeyConstraint("org_id", "dataset_id", "memory_id"),
    points_to("datasets", "org_id", "dataset_id", dies_with=True),
    points_to("memories", "org_id", "memory_id", dies_with=True),
    Index("dataset_memories_memory_idx", "org_id", "memory_id"),
)

replays: Final = Table(
    "replays",
    metadata,
    number("org_id"),
    digest("key"),
    digest("body"),
    number("made", nullable=True),
    instant("created_at"),
    PrimaryKeyConstraint("org_id", "key"),
    points_to("orgs", "org_id", dies_with=True),
    Index("replays_created_at_idx", "org_id", "created_at"),
)
