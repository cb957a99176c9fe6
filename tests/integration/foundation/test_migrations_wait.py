"""A migration that meets a lock gives up, so that nobody waits behind it; run again, it does its work."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from fixtures.machine.postgres import ScratchDatabase

ROOT = Path(__file__).parents[3]
_CONFIGURATION = f"""
[alembic]
script_location = {ROOT}/migrations
prepend_sys_path = {ROOT}
version_locations = {{versions}}
"""
_MIGRATION = '''
"""Tasks have a column more."""

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.get_bind().connection.cursor().execute("CREATE TABLE probed (id int); ALTER TABLE tasks ADD COLUMN probe int")
'''


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    """Of one migration, which the environment of all others runs."""
    versions = tmp_path / "versions"
    versions.mkdir()
    (versions / "0001_probe.py").write_text(_MIGRATION)
    file = tmp_path / "alembic.ini"
    file.write_text(_CONFIGURATION.format(versions=versions))
    return file


def test_a_migration_gives_up_a_lock_that_it_does_not_get_and_can_be_run_again(
    scratch: ScratchDatabase, configuration: Path
) -> None:
    def migrated() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "alembic", "-c", str(configuration), "upgrade", "head"],
            env={**os.environ, "DATABASE_URL": scratch.superuser_url},
            capture_output=True,
            text=True,
            check=False,
        )

    with psycopg.connect(scratch.superuser_url) as reader:
        reader.execute("SELECT count(*) FROM tasks")
        refused = migrated()
        assert "lock timeout" in refused.stderr, refused.stderr
        [(probed,)] = reader.execute("SELECT to_regclass('probed')").fetchall()
        assert probed is None, "nothing of it stays"
    with psycopg.connect(scratch.superuser_url, autocommit=True) as connection:
        done = migrated()
        assert done.returncode == 0, done.stderr
        connection.execute("SELECT probe FROM tasks")
        connection.execute("ALTER TABLE tasks DROP COLUMN probe")
        connection.execute("DROP TABLE probed, alembic_version")
