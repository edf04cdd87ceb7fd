"""Keys that rotate, a sealed trail, erasures with their receipts.

Revision: 0007. Kind: expand. Works on a populated database.
"""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_HERE = Path(__file__).parent
_PARTS = ("keys", "seal", "erase", "removal", "receipt")
_DOWN = ("receipt_down", "removal_down", "erase_down", "seal_down", "keys_down")


def upgrade() -> None:
    """Add the tables of keys, the trail and erasures."""
    for part in _PARTS:
        op.execute((_HERE / f"0007_{part}.sql").read_text())


def downgrade() -> None:
    """Take them away again."""
    for part in _DOWN:
        op.execute((_HERE / f"0007_{part}.sql").read_text())
