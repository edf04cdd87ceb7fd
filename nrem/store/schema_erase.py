"""The tables of erasures: what was asked for, what goes with each, and what it keeps out."""

from typing import Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    Table,
    text,
)

from nrem.store.schema_column import (
    code,
    digest,
    document,
    flag,
    instant,
    metadata,
    number,
    points_to,
    row_number,
)


def _of_erasure() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ("org_id", "erasure_id"), ("erasures.org_id", "erasures.id"), ondelete="CASCADE"
    )


# A control table: counts, digests and instants.
erasures: Final = Table(
    "erasures",
    metadata,
    number("org_id"),
    row_number(),
    code("kind"),
    number("target_id"),
    digest("target_hash"),
    code("state"),
    code("step", nullable=True),
    code("reached"),
    number("requested_by", nullable=True),
    number("confirmed_by", nullable=True),
    instant("requested_at"),
    instant("due_by"),
    digest("preview_hash", nullable=True),
    document("preview"),
    document("manifest"),
    document("deleted_counts"),
    document("measured"),
    document("scan"),
    document("instants"),
    code("error", nullable=True),
    document("receipt", nullable=True),
    digest("receipt_hash", nullable=True),
    PrimaryKeyConstraint("org_id", "id"),
    points_to("orgs", "org_id", dies_with=True),
    Index(
        "erasures_open_key",
        *("org_id", "kind", "target_id"),
        unique=True,
        postgresql_where=text("state NOT IN ('certified', 'cancelled')"),
    ),
)

erasure_items: Final = Table(
    "erasure_items",
    metadata,
    number("org_id"),
    number("erasure_id"),
    code("kind"),
    number("item_id"),
    flag("is_done"),
    code("was", nullable=True),
    PrimaryKeyConstraint("org_id", "erasure_id", "kind", "item_id"),
    _of_erasure(),
)

erasure_remakes: Final = Table(
    "erasure_remakes",
    metadata,
    number("org_id"),
    number("erasure_id"),
    number("memory_id"),
    number("subject_id"),
    number("session_id", nullable=True),
    code("tier"),
    Column("event_ids", ARRAY(BigInteger), nullable=False),
    PrimaryKeyConstraint("org_id", "erasure_id", "memory_id"),
    _of_erasure(),
)

erasure_fences: Final = Table(
    "erasure_fences",
    metadata,
    number("org_id"),
    code("kind"),
    number("ref_id"),
    number("erasure_id"),
    digest("salt", nullable=True),
    digest("name_hash", nullable=True),
    PrimaryKeyConstraint("org_id", "kind", "ref_id", "erasure_id"),
    _of_erasure(),
    Index("erasure_fences_erasure_idx", "org_id", "erasure_id"),
)
