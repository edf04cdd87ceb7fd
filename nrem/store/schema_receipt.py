"""The table that says which lines of the erasure ledger a database has lived through."""

from typing import Final

from sqlalchemy import PrimaryKeyConstraint, Table

from nrem.store.schema_column import digest, metadata, number

# A control table of the whole installation.
erasure_lines: Final = Table(
    "erasure_lines",
    metadata,
    number("place"),
    digest("hash"),
    PrimaryKeyConstraint("place"),
)
