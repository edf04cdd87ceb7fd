"""The kinds of columns and keys that the tables are made of, and the metadata that holds them."""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Double,
    ForeignKeyConstraint,
    Identity,
    Integer,
    LargeBinary,
    MetaData,
    Text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata: Final = MetaData()


def row_number(*, is_drawn_first: bool = False) -> Column[int]:
    """The column `id`; it may be drawn before the row is written, so that sources stand first."""
    return Column("id", BigInteger, Identity(always=not is_drawn_first), nullable=False)


def number(name: str, *, nullable: bool = False) -> Column[int]:
    """A row number, a sequence number or a sum (bigint)."""
    return Column(name, BigInteger, nullable=nullable)


def count(name: str, *, nullable: bool = False) -> Column[int]:
    """How many (integer)."""
    return Column(name, Integer, nullable=nullable)


def share(name: str, *, nullable: bool = False) -> Column[float]:
    """A real number (double precision)."""
    return Column(name, Double, nullable=nullable)


def flag(name: str) -> Column[bool]:
    """True or false."""
    return Column(name, Boolean, nullable=False)


def instant(name: str, *, nullable: bool = False) -> Column[object]:
    """An instant (timestamptz)."""
    return Column(name, DateTime(timezone=True), nullable=nullable)


def code(name: str, *, nullable: bool = False) -> Column[str]:
    """A name that nrem chose (text), never a caller's words."""
    return Column(name, Text, nullable=nullable)


def words(name: str, *, nullable: bool = False) -> Column[str]:
    """What a caller or a person wrote (text)."""
    return Column(name, Text, nullable=nullable)


def digest(name: str, *, nullable: bool = False) -> Column[bytes]:
    """A keyed digest (bytea)."""
    return Column(name, LargeBinary, nullable=nullable)


def document(name: str, *, nullable: bool = False) -> Column[object]:
    """A JSON value (jsonb)."""
    return Column(name, JSONB, nullable=nullable)


def points_to(
    table: str, *columns: str, dies_with: bool = False, is_deferred: bool = False
) -> ForeignKeyConstraint:
    """`columns`, org_id first, name a row of `table`; the row may go when that one goes.

    Deferred: the row of `table` may be written later in the transaction.
    """
    key = ("id",) if columns == ("org_id",) else ("org_id", "id")
    return ForeignKeyConstraint(
        columns,
        [f"{table}.{name}" for name in key],
        ondelete="CASCADE" if dies_with else None,
        deferrable=is_deferred or None,
        initially="DEFERRED" if is_deferred else None,
    )
