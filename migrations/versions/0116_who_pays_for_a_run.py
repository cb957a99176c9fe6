"""Who pays for a run: the key that has asked for it, and who has retried it last."""

from pathlib import Path

from alembic import op

revision = "0116"
down_revision = "0114"
branch_labels = None
depends_on = None

_SQL = Path(__file__).with_suffix(".sql")


def upgrade() -> None:
    op.get_bind().connection.cursor().execute(_SQL.read_text())


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup instead")
