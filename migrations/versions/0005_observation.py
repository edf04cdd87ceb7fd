"""Observations of what people said, and cards of what an agent keeps in mind of them.

Revision: 0005. Kind: expand, with one backfill: every stream with turns waits for observe. Works on
a populated database.
"""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_HERE = Path(__file__).parent
_PARTS = ("observation", "card", "isolation")


def upgrade() -> None:
    """Add what observing, reflecting and cards store."""
    for part in _PARTS:
        op.execute((_HERE / f"0005_{part}.sql").read_text())


def downgrade() -> None:
    """Take it away again."""
    op.execute((_HERE / "0005_down.sql").read_text())
