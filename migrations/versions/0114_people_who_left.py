"""Who has left a tenant is found by it, and has left one that there is."""

from pathlib import Path

from alembic import op
from migrations.concurrently import run_each

revision = "0114"
down_revision = "0113"
branch_labels = None
depends_on = None

_SQL = Path(__file__).with_suffix(".sql")


def upgrade() -> None:
    run_each(_SQL.with_suffix(".concurrently.sql"))
    op.get_bind().connection.cursor().execute(_SQL.read_text())


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup instead")
