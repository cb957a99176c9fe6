"""Streams of events have an order that holds within every run, and one question for all tenants with readers."""

from pathlib import Path

from alembic import op

revision = "0027"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.get_bind().connection.cursor().execute(Path(__file__).with_suffix(".sql").read_text())


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup instead")
