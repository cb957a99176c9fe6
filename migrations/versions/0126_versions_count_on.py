"""What is made again under its name has versions that the one before it never had."""

from pathlib import Path

from alembic import op

revision = "0126"
down_revision = "0134"
branch_labels = None
depends_on = None

_SQL = Path(__file__).with_suffix(".sql")


def upgrade() -> None:
    op.get_bind().connection.cursor().execute(_SQL.read_text())


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup instead")
