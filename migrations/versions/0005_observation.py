"""What paid models are asked and what they cost.

Revision: 0005. Kind: expand. Works on a populated database.
"""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_HERE = Path(__file__).parent
_PARTS = ("llm",)
_DOWN = ("llm_down",)


def upgrade() -> None:
    """Add the tables."""
    for part in _PARTS:
        op.execute((_HERE / f"0005_{part}.sql").read_text())


def downgrade() -> None:
    """Take them away again."""
    for part in _DOWN:
        op.execute((_HERE / f"0005_{part}.sql").read_text())
