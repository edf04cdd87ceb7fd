"""The tenant tables of what memories become together: edges, promotion, runs to show and undo."""

from typing import Final

from sqlalchemy import ARRAY, BigInteger, Column, Index, PrimaryKeyConstraint, Table, text

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
    share,
)

edges: Final = Table(
    "edges",
    metadata,
    number("org_id"),
    row_number(),
    number("source_id"),
    number("target_id"),
    code("kind"),
    share("weight"),
    document("metadata"),
    code("drawn_by", nullable=True),
    number("run_id", nullable=True),
    instant("valid_from"),
    instant("valid_to", nullable=True),
    PrimaryKeyConstraint("org_id", "id"),
    points_to("memories", "org_id", "source_id", dies_with=True),
    points_to("memories", "org_id", "target_id", dies_with=True),
    Index(
        "edges_standing_key",
        *("org_id", "source_id", "kind", "target_id"),
        unique=True,
        postgresql_where=text("valid_to IS NULL"),
    ),
    Index("edges_source_idx", "org_id", "source_id", text("weight DESC"), "id"),
    Index("edges_target_idx", "org_id", "target_id", text("weight DESC"), "id"),
    Index("edges_run_idx", *("org_id", "run_id"), postgresql_where=text("run_id IS NOT NULL")),
)

run_changes: Final = Table(
    "run_changes",
    metadata,
    number("org_id"),
    number("run_id"),
    number("memory_id"),
    code("what"),
    count("version_before", nullable=True),
    count("version_after"),
    document("before"),
    document("after"),
    PrimaryKeyConstraint("org_id", "run_id", "memory_id", "what"),
    points_to("runs", "org_id", "run_id", dies_with=True, is_deferred=True),
    points_to("memories", "org_id", "memory_id", dies_with=True),
    Index("run_changes_memory_idx", "org_id", "memory_id", "run_id"),
)

promote_queue: Final = Table(
    "promote_queue",
    metadata,
    number("org_id"),
    number("subject_id"),
    number("memory_id"),
    PrimaryKeyConstraint("org_id", "subject_id", "memory_id"),
    points_to("subjects", "org_id", "subject_id"),
    points_to("memories", "org_id", "memory_id", dies_with=True),
    Index("promote_queue_memory_idx", "org_id", "memory_id"),
)

attributes: Final = Table(
    "attributes",
    metadata,
    number("org_id"),
    number("subject_id"),
    digest("attribute_key"),
    number("memory_id"),
    PrimaryKeyConstraint("org_id", "subject_id", "attribute_key", "memory_id"),
    points_to("subjects", "org_id", "subject_id"),
    points_to("memories", "org_id", "memory_id", dies_with=True),
    Index("attributes_memory_idx", "org_id", "memory_id"),
)

previews: Final = Table(
    "previews",
    metadata,
    number("org_id"),
    row_number(),
    code("pass"),
    number("subject_id", nullable=True),
    code("state"),
    instant("asked_at"),
    instant("answered_at", nullable=True),
    instant("expires_at"),
    digest("digest", nullable=True),
    count("steps"),
    count("read"),
    count("proposed"),
    document("changes"),
    code("outcome", nullable=True),
    code("reason", nullable=True),
    Column("run_ids", ARRAY(BigInteger), nullable=False),
    PrimaryKeyConstraint("org_id", "id"),
    points_to("orgs", "org_id", dies_with=True),
    points_to("subjects", "org_id", "subject_id"),
    Index(
        "previews_expiry_idx",
        *("org_id", "expires_at"),
        postgresql_where=text("state <> 'expired'"),
    ),
)
