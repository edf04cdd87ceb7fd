"""What zeno-memory's stores keep beside the tables that are there, and batches of model calls.

Revision: 0006. Kind: expand. Works on a populated database.
"""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_HERE = Path(__file__).parent
_PARTS = ("zeno", "shelf", "vector", "drift", "carried", "batch")
_DOWN = ("batch_down", "carried_down", "drift_down", "vector_down", "shelf_down", "zeno_down")


def upgrade() -> None:
    """Add the tables of zeno-memory's stores and of batches."""
    for part in _PARTS:
        op.execute((_HERE / f"0006_{part}.sql").read_text())


def downgrade() -> None:
    """Take them away again."""
    for part in _DOWN:
        op.execute((_HERE / f"0006_{part}.sql").read_text())
