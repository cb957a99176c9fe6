"""The indexes by which one task's runs, or one starter's, are found by their status: also where there are none."""

from pathlib import Path

from migrations.concurrently import run_each

revision = "0101"
down_revision = "0100"
branch_labels = None
depends_on = None


def upgrade() -> None:
    run_each(Path(__file__).with_suffix(".concurrently.sql"))


def downgrade() -> None:
    raise RuntimeError("migrations go forward only; restore a backup instead")
