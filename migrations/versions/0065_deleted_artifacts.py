"""A tenant is swept of uploads that never came and of files that were deleted, too."""

from pathlib import Path

from alembic import op

revision = "0065"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.get_bind().connection.cursor().execute(Path(__file__).with_suffix(".sql").read_text())


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup instead")
