"""The migrations reach the schema that schema.sql describes."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from fixtures.machine.postgres import ScratchDatabase

ROOT = Path(__file__).parents[3]

CATALOGUE = {
    "columns": """SELECT table_name, column_name, data_type, is_nullable, column_default, identity_generation
                  FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
                      WHERE connamespace = 'public'::regnamespace""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "policies": "SELECT tablename, policyname, roles::text, cmd, qual, with_check FROM pg_policies",
    "row security": """SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class
                       WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'""",
    "table grants": """SELECT grantee, table_name, privilege_type FROM information_schema.role_table_grants
                       WHERE table_schema = 'public' AND grantee <> grantor""",
    "column grants": """SELECT grantee, table_name, column_name, privilege_type
                        FROM information_schema.column_privileges
                        WHERE table_schema = 'public' AND grantee <> grantor""",
    "functions": """SELECT p.proname, pg_get_functiondef(p.oid), r.rolname
                    FROM pg_proc p JOIN pg_roles r ON r.oid = p.proowner
                    WHERE p.pronamespace = 'public'::regnamespace
                      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')""",
    "system functions": """SELECT p.oid::regprocedure::text, p.proacl::text FROM pg_proc p
                           WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.proacl IS NOT NULL""",
    "triggers": "SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
}


@pytest.fixture(scope="module")
def migrated(scratch: ScratchDatabase) -> Iterator[str]:
    """A database that was made by the migrations alone."""
    parts = urlsplit(scratch.superuser_url)
    name = f"test_migrated_{uuid4().hex[:10]}"
    url = urlunsplit((parts.scheme, parts.netloc, f"/{name}", "", ""))
    with psycopg.connect(scratch.superuser_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        done = subprocess.run(
            [sys.executable, "-m", "alembic", "upgrade", "head"],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": url},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        yield url
    finally:
        with psycopg.connect(scratch.superuser_url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def catalogue(url: str, query: str) -> set[tuple[Any, ...]]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(query).fetchall()
    return {row for row in rows if "alembic_version" not in str(row)}


@pytest.mark.parametrize("part", CATALOGUE)
def test_migrations_reach_the_described_schema(scratch: ScratchDatabase, migrated: str, part: str) -> None:
    described = catalogue(scratch.superuser_url, CATALOGUE[part])
    assert described, "an empty catalogue proves nothing"
    assert catalogue(migrated, CATALOGUE[part]) == described
