"""Observations of what people said, cards of what an agent keeps in mind, calls of paid models.

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
_DOWN = ("llm_down", "down")
_PARTS = ("observation", "card", "isolation", "llm")


def upgrade() -> None:
    """Add what observing, reflecting, cards and paid models store."""
    for part in _PARTS:
        op.execute((_HERE / f"0005_{part}.sql").read_text())


def downgrade() -> None:
    """Take it away again."""
    for part in _DOWN:
        op.execute((_HERE / f"0005_{part}.sql").read_text())
