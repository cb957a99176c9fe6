"""Accesses by which an operator reads what is a tenant's, with a reason and for some minutes."""

from pathlib import Path

from alembic import op

revision = "0080"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.get_bind().connection.cursor().execute(Path(__file__).with_suffix(".sql").read_text())


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup instead")
