"""The table of vectors that callers bring."""

from typing import Final

from pgvector.sqlalchemy import VECTOR
from sqlalchemy import Column, Index, PrimaryKeyConstraint, Table

from nrem.store.schema_column import document, instant, metadata, number, points_to, words

vectors: Final = Table(
    "vectors",
    metadata,
    number("org_id"),
    number("agent_id"),
    words("namespace"),
    words("external_id"),
    number("user_id", nullable=True),
    Column("vector", VECTOR(), nullable=False),
    document("metadata"),
    instant("updated_at"),
    PrimaryKeyConstraint("org_id", "agent_id", "namespace", "external_id"),
    points_to("agents", "org_id", "agent_id", dies_with=True),
    points_to("users", "org_id", "user_id", dies_with=True),
    Index("vectors_user_idx", "org_id", "agent_id", "user_id"),
)
