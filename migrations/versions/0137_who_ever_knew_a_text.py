"""Keys, webhooks and triggers keep who knew the texts that they had before."""

from pathlib import Path

from alembic import op
from migrations.concurrently import run_each

revision = "0137"
down_revision = "0126"
branch_labels = None
depends_on = None

_SQL = Path(__file__).with_suffix(".sql")


def upgrade() -> None:
    op.get_bind().connection.cursor().execute(_SQL.read_text())
    run_each(_SQL.with_suffix(".concurrently.sql"))


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup instead")
