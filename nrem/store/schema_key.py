"""The control table of how often keys and orgs may ask; keys and orgs stand in schema_control."""

from typing import Final

from sqlalchemy import PrimaryKeyConstraint, Table

from nrem.store.schema_column import instant, metadata, number, points_to

rates: Final = Table(
    "rates",
    metadata,
    number("org_id"),
    # 0: the org's own
    number("key_row_id"),
    instant("full_at"),
    instant("taken_at"),
    PrimaryKeyConstraint("org_id", "key_row_id"),
    points_to("orgs", "org_id", dies_with=True),
    prefixes=["UNLOGGED"],
)
