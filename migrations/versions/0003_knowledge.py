"""Edges between memories, what runs did to them, the queue of promote, attributes, previews.

Revision: 0003. Kind: expand, with one backfill: every live memory waits for promote. Works on a
populated database.
"""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_HERE = Path(__file__).parent
_PARTS = ("tables", "functions", "isolation")


def upgrade() -> None:
    """Add how memories hang together, and what is needed to show and undo a run."""
    for part in _PARTS:
        op.execute((_HERE / f"0003_{part}.sql").read_text())


def downgrade() -> None:
    """Take it away again."""
    op.execute((_HERE / "0003_down.sql").read_text())
