"""The audit trail, conversations, budgets, jobs and datasets; what a hard forget may delete.

Revision: 0004. Kind: expand. Works on a populated database.
"""

from pathlib import Path

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_HERE = Path(__file__).parent
_PARTS = ("audit", "conversations", "jobs", "forget", "functions", "isolation", "replays")


def upgrade() -> None:
    """Add what the wider HTTP surface stores."""
    for part in _PARTS:
        op.execute((_HERE / f"0004_{part}.sql").read_text())


def downgrade() -> None:
    """Take it away again."""
    op.execute((_HERE / "0004_down.sql").read_text())
