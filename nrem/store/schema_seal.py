"""The tables of the audit trail's chain: what waits, the seals, the end of each chain."""

from typing import Final

from sqlalchemy import Index, PrimaryKeyConstraint, Table, UniqueConstraint

from nrem.store.schema_column import digest, instant, metadata, number, points_to

# A control table: numbers only.
seal_queue: Final = Table(
    "seal_queue",
    metadata,
    number("org_id"),
    number("audit_id"),
    PrimaryKeyConstraint("org_id", "audit_id"),
    points_to("orgs", "org_id", dies_with=True),
    Index("seal_queue_audit_idx", "audit_id"),
)

seals: Final = Table(
    "seals",
    metadata,
    number("org_id"),
    number("place"),
    number("audit_id"),
    digest("hash"),
    instant("sealed_at"),
    PrimaryKeyConstraint("org_id", "place"),
    points_to("orgs", "org_id", dies_with=True),
    UniqueConstraint("org_id", "audit_id", name="seals_audit_key"),
)

# Likewise a control table.
seal_heads: Final = Table(
    "seal_heads",
    metadata,
    number("org_id"),
    number("place"),
    number("audit_id"),
    digest("hash"),
    instant("sealed_at"),
    PrimaryKeyConstraint("org_id"),
    points_to("orgs", "org_id", dies_with=True),
)
