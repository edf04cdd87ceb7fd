"""The first schema: directory, events, streams, memories, search, runs; isolation from the start.

Revision: 0001. Kind: expand. The statements stand in `0001_*.sql` beside this file, in order.
"""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_HERE = Path(__file__).parent
_PARTS = ("roles", "control", "tenant", "search", "triggers", "isolation")


def upgrade() -> None:
    """Create everything as nrem_owner, so that the runtime roles own nothing."""
    for part in _PARTS:
        op.execute((_HERE / f"0001_{part}.sql").read_text())


def downgrade() -> None:
    """Drop everything but the roles: they belong to the cluster, other databases may use them."""
    op.execute((_HERE / "0001_drop.sql").read_text())
