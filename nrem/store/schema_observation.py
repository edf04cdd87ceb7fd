"""The tenant tables of what is noted of people: observations, and cards."""

from typing import Final

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSTZMULTIRANGE

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

observation_logs: Final = Table(
    "observation_logs",
    metadata,
    number("org_id"),
    number("subject_id"),
    count("last_ordinal"),
    number("tokens"),
    count("walked_to"),
    count("reflected_ordinal"),
    number("reflected_tokens"),
    PrimaryKeyConstraint("org_id", "subject_id"),
    points_to("subjects", "org_id", "subject_id", dies_with=True),
)

observations: Final = Table(
    "observations",
    metadata,
    number("org_id"),
    row_number(),
    number("subject_id"),
    count("ordinal"),
    words("text"),
    digest("content_hash"),
    code("priority"),
    code("trust"),
    count("tokens"),
    instant("observation_date"),
    instant("referenced_date", nullable=True),
    instant("referenced_from", nullable=True),
    instant("created_at"),
    number("run_id", nullable=True),
    number("stream_id", nullable=True),
    number("window_seq", nullable=True),
    count("window_place", nullable=True),
    instant("archived_at", nullable=True),
    code("archived_reason", nullable=True),
    number("archived_by", nullable=True),
    Column("absences", TSTZMULTIRANGE, nullable=False),
    Column("vector", HALFVEC(384), nullable=False),
    code("model"),
    Column("rounds", ARRAY(BigInteger)),
    PrimaryKeyConstraint("org_id", "id"),
    points_to("subjects", "org_id", "subject_id"),
    points_to("streams", "org_id", "stream_id"),
    UniqueConstraint("org_id", "subject_id", "ordinal", name="observations_ordinal_key"),
    UniqueConstraint(
        *("org_id", "stream_id", "window_seq", "window_place"), name="observations_window_key"
    ),
    Index(
        "observations_active_key",
        *("org_id", "subject_id", "content_hash"),
        unique=True,
        postgresql_where=text("archived_at IS NULL"),
    ),
    Index(
        "observations_active_idx",
        *("org_id", "subject_id", "ordinal"),
        postgresql_where=text("archived_at IS NULL"),
    ),
    Index(
        "observations_run_idx", *("org_id", "run_id"), postgresql_where=text("run_id IS NOT NULL")
    ),
    Index(
        "observations_archived_idx",
        *("org_id", "archived_by"),
        postgresql_where=text("archived_by IS NOT NULL"),
    ),
)

observation_parents: Final = Table(
    "observation_parents",
    metadata,
    number("org_id"),
    number("observation_id"),
    number("parent_id"),
    PrimaryKeyConstraint("org_id", "observation_id", "parent_id"),
    points_to("observations", "org_id", "observation_id", dies_with=True),
    points_to("observations", "org_id", "parent_id", dies_with=True),
    Index("observation_parents_parent_idx", "org_id", "parent_id"),
)

card_schemas: Final = Table(
    "card_schemas",
    metadata,
    number("org_id"),
    number("agent_id"),
    count("version"),
    document("body"),
    instant("set_at"),
    PrimaryKeyConstraint("org_id", "agent_id"),
    points_to("agents", "org_id", "agent_id", dies_with=True),
)

cards: Final = Table(
    "cards",
    metadata,
    number("org_id"),
    number("subject_id"),
    count("version"),
    instant("updated_at"),
    PrimaryKeyConstraint("org_id", "subject_id"),
    points_to("subjects", "org_id", "subject_id", dies_with=True),
)

card_values: Final = Table(
    "card_values",
    metadata,
    number("org_id"),
    number("subject_id"),
    words("field"),
    count("version"),
    words("value"),
    instant("valid_from"),
    instant("valid_to", nullable=True),
    PrimaryKeyConstraint("org_id", "subject_id", "field", "version"),
    ForeignKeyConstraint(
        ("org_id", "subject_id"), ("cards.org_id", "cards.subject_id"), ondelete="CASCADE"
    ),
    Index(
        "card_values_current_key",
        *("org_id", "subject_id", "field"),
        unique=True,
        postgresql_where=text("valid_to IS NULL"),
    ),
)
