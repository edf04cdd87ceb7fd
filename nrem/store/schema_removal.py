"""The tables of what was rewritten last, and of who waits for a rewrite."""

from typing import Final

from sqlalchemy import PrimaryKeyConstraint, Table

from nrem.store.schema_column import code, instant, metadata, number, points_to

# A control table: names of tables, numbers and times.
rewrites: Final = Table(
    "rewrites",
    metadata,
    code("name"),
    number("before_xid"),
    instant("ended_at"),
    PrimaryKeyConstraint("name"),
)

# Likewise a control table.
rewrite_marks: Final = Table(
    "rewrite_marks",
    metadata,
    number("org_id"),
    number("erasure_id"),
    number("before_xid"),
    PrimaryKeyConstraint("org_id", "erasure_id"),
    points_to("orgs", "org_id", dies_with=True),
)
