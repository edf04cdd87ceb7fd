"""The life of one memory: accesses, crossings, past texts, holds, schedules, due times by policy.

Revision: 0002. Kind: expand, with one backfill of `memories`. Works on a populated database.
"""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_HERE = Path(__file__).parent
_PARTS = ("tables", "functions", "isolation")


def upgrade() -> None:
    """Add what a memory lives through, and what runs when."""
    for part in _PARTS:
        op.execute((_HERE / f"0002_{part}.sql").read_text())


def downgrade() -> None:
    """Take it away again; forgotten memories keep their state."""
    op.execute((_HERE / "0002_down.sql").read_text())
