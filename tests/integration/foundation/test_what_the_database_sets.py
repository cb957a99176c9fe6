"""What the database sets by itself in rows that nobody changes afterwards, no service's login can send."""

import re
from collections.abc import Mapping
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase

ROOT = Path(__file__).parents[3]
LOGINS = ["control_plane", "orchestrator", "llm_gateway", "lambdas", "relay", "sweeper", "recorder", "reconciler"]
_GOES = "an effect that waits to go out; its row goes with it, and decides about nothing that is kept"
SENT: Mapping[tuple[str, str], str] = {
    ("outbox", "created_at"): _GOES,
    ("outbox", "not_before"): "when an effect is due, such as a later attempt",
    ("outbox", "outbox_id"): _GOES,
    ("run_events", "xact"): "that of the run's row, which puts a run's events in the order of their numbers",
    ("trigger_calls", "received_at"): "when the request came, by which calls a minute are counted",
}
"""What a service sends all the same, and why."""

_SENDABLE = r"""
SELECT c.relname, a.attname FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
CROSS JOIN unnest(%s::text[]) AS l(login)
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
  AND (a.attidentity <> '' OR pg_get_expr(d.adbin, d.adrelid) ~ 'now\(\)|_timestamp|pg_current_xact_id|nextval')
GROUP BY 1, 2 HAVING bool_or(has_column_privilege(l.login, c.oid, a.attname, 'INSERT'))
    AND NOT bool_or(has_column_privilege(l.login, c.oid, a.attname, 'UPDATE')) ORDER BY 1, 2
"""
"""Columns that some login may insert and none may change, although the database has a value for them."""


def test_no_login_sends_what_the_database_sets(scratch: ScratchDatabase) -> None:
    with scratch.superuser() as connection:
        found = connection.execute(_SENDABLE, [LOGINS]).fetchall()
    assert [tuple(one) for one in found] == sorted(SENT)


_INSERTED = re.compile(r"INSERT INTO (\w+)(?: AS \w+)?\s*\(([^){]*)\)")
"""Into which columns of which table a statement of a service inserts."""
_OF_THE_DATABASE = _SENDABLE.replace("HAVING bool_or", "HAVING NOT bool_or").partition("AND NOT bool_or")[0]
"""Columns that no login may insert, although the database has a value for them."""


def test_no_statement_of_a_service_sends_them(scratch: ScratchDatabase) -> None:
    """It would be refused, where it may be seldom met: in what only a job does that asks its proxy for something."""
    with scratch.superuser() as connection:
        found = connection.execute(_OF_THE_DATABASE, [LOGINS]).fetchall()
    theirs = {(str(table), str(column)) for table, column in found}
    assert ("audit_log", "at") in theirs
    sent = {
        (table, column.strip())
        for file in (ROOT / "services").rglob("*.py")
        for table, columns in _INSERTED.findall(file.read_text(encoding="utf-8"))
        for column in columns.split(",")
    }
    assert ("audit_log", "actor") in sent
    assert sorted(sent & theirs) == []


FORGED = {
    "at": "now() - interval '1 year'",
    "xact": "'1'",
    "audit_id": "1",
}


@pytest.mark.parametrize("column", FORGED)
@pytest.mark.parametrize(
    ("table", "login"),
    [("audit_log", "control_plane"), ("audit_log", "orchestrator"), ("platform_audit", "control_plane")],
)
def test_a_row_of_an_audit_has_the_moment_and_the_place_that_the_database_gives_it(
    scratch: ScratchDatabase, table: str, login: str, column: str
) -> None:
    tenant = Tenant().create(scratch)
    owned = [] if table == "platform_audit" else ["tenant_id"]
    values = [f"'{tenant.tenant_id}'"] if owned else []
    told, said = [*owned, "actor", "action", "target"], [*values, "'user:a'", "'a'", "'t'"]
    statement = "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})"
    with psycopg.connect(scratch.url(login), autocommit=True) as connection:
        connection.execute("SELECT set_config('lockstep.tenant', %s, false)", [str(tenant.tenant_id)])

        def insert(columns: list[str], literals: list[str]) -> None:
            names = sql.SQL(", ").join(map(sql.Identifier, columns))
            written = sql.SQL(", ".join(literals))  # of literals that are written above
            connection.execute(sql.SQL(statement).format(sql.Identifier(table), names, written))

        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            insert([*told, column], [*said, FORGED[column]])
        insert(told, said)
