"""The tenant tables of what a memory lives through: accesses, crossings, past texts, holds."""

from typing import Final

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table, text

from nrem.store.schema_column import (
    code,
    count,
    digest,
    instant,
    metadata,
    number,
    points_to,
    row_number,
    words,
)

accesses: Final = Table(
    "accesses",
    metadata,
    number("org_id"),
    row_number(),
    number("memory_id"),
    number("event_id", nullable=True),
    digest("turn_key", nullable=True),
    instant("at"),
    instant("folded_at", nullable=True),
    PrimaryKeyConstraint("org_id", "id"),
    points_to("memories", "org_id", "memory_id", dies_with=True),
    points_to("events", "org_id", "event_id", dies_with=True),
    Index(
        "accesses_waiting_idx",
        *("org_id", "memory_id", "at", "id"),
        postgresql_where=text("folded_at IS NULL"),
    ),
    Index(
        "accesses_turn_key",
        *("org_id", "memory_id", "turn_key"),
        unique=True,
        postgresql_where=text("turn_key IS NOT NULL"),
    ),
    Index(
        "accesses_event_idx",
        *("org_id", "event_id"),
        postgresql_where=text("event_id IS NOT NULL"),
    ),
    Index("accesses_memory_idx", "org_id", "memory_id", "at"),
    Index("accesses_at_idx", "org_id", "at"),
)

crossings: Final = Table(
    "crossings",
    metadata,
    number("org_id"),
    row_number(),
    number("memory_id"),
    code("kind"),
    code("before"),
    code("after"),
    instant("at"),
    code("reason"),
    number("run_id", nullable=True),
    PrimaryKeyConstraint("org_id", "memory_id", "id"),
    points_to("memories", "org_id", "memory_id", dies_with=True),
)

past_embeddings: Final = Table(
    "past_embeddings",
    metadata,
    number("org_id"),
    number("memory_id"),
    instant("valid_from"),
    instant("valid_to"),
    number("agent_id"),
    number("subject_id"),
    code("model"),
    digest("content_hash"),
    Column("vector", HALFVEC(384), nullable=False),
    PrimaryKeyConstraint("org_id", "memory_id", "valid_from"),
    points_to("memories", "org_id", "memory_id", dies_with=True),
    Index("past_embeddings_agent_idx", "org_id", "agent_id", "subject_id"),
)

past_lexemes: Final = Table(
    "past_lexemes",
    metadata,
    number("org_id"),
    number("agent_id"),
    words("lexeme"),
    number("memory_id"),
    instant("valid_from"),
    instant("valid_to"),
    count("tf"),
    count("length"),
    PrimaryKeyConstraint("org_id", "agent_id", "lexeme", "memory_id", "valid_from"),
    points_to("memories", "org_id", "memory_id", dies_with=True),
    Index("past_lexemes_memory_idx", "org_id", "memory_id"),
)

holds: Final = Table(
    "holds",
    metadata,
    number("org_id"),
    row_number(),
    code("kind"),
    number("ref_id", nullable=True),
    words("reference"),
    instant("placed_at"),
    instant("lifted_at", nullable=True),
    PrimaryKeyConstraint("org_id", "id"),
    points_to("orgs", "org_id", dies_with=True),
    Index(
        "holds_standing_key",
        *("org_id", "kind", "ref_id"),
        unique=True,
        postgresql_where=text("lifted_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    ),
)
