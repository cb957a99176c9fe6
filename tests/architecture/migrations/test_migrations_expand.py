"""A migration runs while the version before it runs: it locks no table for long, and takes nothing that it uses."""

from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from architecture.migrations.exemptions import EXEMPTIONS
from architecture.migrations.rules import RULES, Migration, read_migration

VERSIONS = Path(__file__).parents[3] / "migrations" / "versions"
MIGRATIONS = sorted(VERSIONS.glob("*.py"))


def rules_met(sql: str, *, in_transaction: bool = True) -> list[str]:
    return [refusal.rule for refusal in Migration().read(sql, in_transaction=in_transaction)]


@pytest.mark.parametrize("file", MIGRATIONS, ids=lambda file: file.stem)
def test_a_migration_keeps_the_rules_or_says_why_not(file: Path) -> None:
    _, exempt = EXEMPTIONS.get(file.stem[:4], ("", frozenset()))
    refused = read_migration(file)
    assert [str(one) for one in refused if one.rule not in exempt] == []
    assert exempt - {one.rule for one in refused} == set(), "exempt from what it does not do"


def test_they_stand_in_one_line() -> None:
    """Two that name the same one before them, as two hands may have written, are found before a deployment is."""
    config = Config()
    config.set_main_option("script_location", str(VERSIONS.parent))
    script = ScriptDirectory.from_config(config)
    assert len(script.get_heads()) == 1, script.get_heads()
    assert len(list(script.walk_revisions())) == len(MIGRATIONS)


def test_every_exemption_is_of_a_migration_and_has_a_reason() -> None:
    assert set(EXEMPTIONS) <= {file.stem[:4] for file in MIGRATIONS}
    assert {
        number for number, (reason, rules) in EXEMPTIONS.items() if len(reason) < 30 or not rules <= set(RULES)
    } == set()


def test_sql_stands_in_files_that_are_read() -> None:
    """No other file has statements, and none is written in Python, where the rules would not see it."""
    read = {file: {file.with_suffix(end) for end in (".sql", ".concurrently.sql")} for file in MIGRATIONS}
    there = set(VERSIONS.glob("*.sql"))
    assert there <= set().union(*read.values())
    assert [file.name for file, files in read.items() if not files & there] == []
    assert [file.name for file in MIGRATIONS if "op.execute" in (text := file.read_text()) or "sa." in text] == []


@pytest.mark.parametrize(
    ("rule", "sql"),
    [
        ("index", "CREATE INDEX i ON runs (status)"),
        ("index", "CREATE TABLE other (id int); CREATE UNIQUE INDEX i ON runs (status)"),
        ("in a transaction", "CREATE INDEX CONCURRENTLY i ON runs (status)"),
        ("in a transaction", "DROP INDEX CONCURRENTLY i"),
        ("not null", "ALTER TABLE runs ADD COLUMN a int NOT NULL"),
        ("rewritten", "ALTER TABLE runs ADD COLUMN a uuid NOT NULL DEFAULT gen_random_uuid()"),
        ("rewritten", "ALTER TABLE runs ADD COLUMN a text DEFAULT clock_timestamp()::text"),
        ("rewritten", "ALTER TABLE runs ADD COLUMN a int GENERATED ALWAYS AS (version + 1) STORED"),
        ("rewritten", "ALTER TABLE runs ADD COLUMN a bigint GENERATED ALWAYS AS IDENTITY"),
        ("column checked", "ALTER TABLE runs ADD COLUMN a int CHECK (a > 0)"),
        ("column checked", "ALTER TABLE runs ADD COLUMN a uuid REFERENCES users"),
        ("column checked", "ALTER TABLE runs ALTER COLUMN output SET NOT NULL"),
        ("unique", "ALTER TABLE runs ADD COLUMN a int UNIQUE"),
        ("unique", "ALTER TABLE runs ADD CONSTRAINT c UNIQUE (run_id)"),
        ("constraint", "ALTER TABLE runs ADD CONSTRAINT c CHECK (version > 0)"),
        ("constraint", "ALTER TABLE runs ADD FOREIGN KEY (created_by) REFERENCES users"),
        (
            "validated",
            "ALTER TABLE runs ADD CONSTRAINT c CHECK (version > 0) NOT VALID; ALTER TABLE runs VALIDATE CONSTRAINT c",
        ),
        ("column dropped", "ALTER TABLE runs DROP COLUMN output"),
        ("column type", "ALTER TABLE runs ALTER COLUMN version TYPE bigint"),
        ("default dropped", "ALTER TABLE runs ALTER COLUMN created_at DROP DEFAULT"),
        ("renamed", "ALTER TABLE runs RENAME COLUMN output TO answer"),
        ("renamed", "ALTER TABLE runs RENAME TO executions"),
        ("renamed", "ALTER FUNCTION current_tenant() RENAME TO our_tenant"),
        ("dropped", "DROP TABLE runs"),
        ("dropped", "DROP FUNCTION current_tenant()"),
        ("dropped", "DROP INDEX runs_newest"),
        ("dropped", "CREATE TABLE other (id int); DROP TABLE other CASCADE"),
        ("policy", "DROP POLICY own_tenant ON runs"),
        ("revoked", "REVOKE SELECT ON runs FROM control_plane"),
        ("rows changed", "UPDATE runs SET version = 1"),
        ("rows changed", "DELETE FROM runs"),
        ("table locked", "TRUNCATE runs"),
        ("table locked", "LOCK TABLE runs IN SHARE MODE"),
        ("table locked", "REINDEX TABLE runs"),
        ("unread", "DO $$ BEGIN EXECUTE 'DROP TABLE runs'; END $$"),
    ],
)
def test_what_an_older_version_would_suffer_from_is_refused(rule: str, sql: str) -> None:
    assert rules_met(sql) == [rule]


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE notes (id int NOT NULL CHECK (id > 0)); CREATE INDEX i ON notes (id); UPDATE notes SET id = 2",
        "CREATE TABLE notes (id int); ALTER TABLE notes ADD CONSTRAINT c CHECK (id > 0); DROP TABLE notes",
        "ALTER TABLE runs ADD COLUMN a int",
        "ALTER TABLE runs ADD COLUMN a int NOT NULL DEFAULT 0, ADD COLUMN b text DEFAULT 'x'",
        "ALTER TABLE runs ADD CONSTRAINT c CHECK (version > 0) NOT VALID",
        "ALTER TABLE runs VALIDATE CONSTRAINT c",
        "ALTER TABLE runs ADD CONSTRAINT c UNIQUE USING INDEX i",
        "ALTER TABLE runs DROP CONSTRAINT runs_status_check",
        "ALTER TABLE runs ALTER COLUMN output DROP NOT NULL, ALTER COLUMN version SET DEFAULT 1",
        "ALTER TABLE runs ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON runs USING (true)",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; REVOKE ALL ON FUNCTION f() FROM PUBLIC",
        "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; GRANT EXECUTE ON FUNCTION f() TO relay",
        "GRANT SELECT ON runs TO control_plane",
        "COMMENT ON TABLE runs IS 'DROP TABLE runs'",
    ],
)
def test_what_only_adds_is_let_through(sql: str) -> None:
    assert rules_met(sql) == []


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE INDEX CONCURRENTLY i ON runs (status)",
        "DROP INDEX CONCURRENTLY IF EXISTS other; CREATE INDEX CONCURRENTLY i ON runs (status)",
        "DROP INDEX CONCURRENTLY IF EXISTS i; CREATE INDEX i ON runs (status)",
        "ALTER TABLE runs ADD COLUMN a int",
        "UPDATE runs SET version = 1",
        "DROP INDEX CONCURRENTLY i",
    ],
)
def test_outside_of_a_transaction_stands_only_what_can_be_run_again(sql: str) -> None:
    assert rules_met(sql, in_transaction=False) == ["alone"]


def test_an_index_that_is_made_again_may_stand_outside_of_a_transaction() -> None:
    sql = "DROP INDEX CONCURRENTLY IF EXISTS i; CREATE UNIQUE INDEX CONCURRENTLY i ON runs (status);"
    assert rules_met(sql, in_transaction=False) == []
