"""Who looks across tenants reads what it looks for: no content, no words and no secrets of any tenant."""

from typing import Any

import psycopg
import pytest

from fixtures.machine.postgres import ScratchDatabase

Columns = dict[str, set[str]]

ACROSS = """
SELECT p.role, p.tablename, string_agg(a.attname, ' ')
FROM (SELECT DISTINCT unnest(roles) AS role, tablename FROM pg_policies
      WHERE cmd IN ('ALL', 'SELECT') AND qual NOT LIKE '%current_tenant()%') p
JOIN pg_attribute a ON a.attrelid = p.tablename::regclass AND a.attnum > 0 AND NOT a.attisdropped
     AND has_column_privilege(p.role, a.attrelid, a.attnum, 'SELECT')
WHERE EXISTS (SELECT FROM pg_attribute t WHERE t.attrelid = a.attrelid AND t.attname = 'tenant_id')
GROUP BY 1, 2
"""
"""By role and table of tenants, the columns that a policy which asks for no tenant lets it read."""
LEDGER = "llm_events"
READ: dict[str, dict[str, str]] = {
    "sweeper": {
        "runs": "tenant_id run_id generation status pause_reason timeout_seconds clock_used clock_since hard_deadline"
        " awaits_approval progressed_at ended_at",
        "steps": "tenant_id run_id step_id status lease_expires_at deadline_at wait_reason ended_at",
        "approvals": "tenant_id approval_id status expires_at",
        "released_parts": "tenant_id",
    },
    "relay": {
        "outbox": "outbox_id tenant_id run_id step_id kind payload not_before attempts leased_until",
    },
    "recorder": {
        "runs": "tenant_id run_id status generation ended_at",
        "steps": "tenant_id run_id step_id fence",
        "budgets": "tenant_id scope scope_id period window_seconds limit_tokens limit_nano_usd version updated_at",
        "budget_warnings": "tenant_id scope scope_id period label unit limit_amount committed warned_at",
        "tenant_deletions": "tenant_id status",
    },
    "reconciler": {"tenant_deletions": "tenant_id status"},
    "key_lookup": {"tenants": "tenant_id suspended_at"},
    "registry": {
        "tenants": "tenant_id name time_zone settings created_at suspended_at contact_email suspended_reason version",
    },
    "timekeeper": {"kill_switches": "tenant_id"},
}
"""Exactly what each reads of these tables, so that whoever grants more has to say it here."""
LOGINS = ("sweeper", "relay", "recorder", "reconciler")
NOT_FOR_LOGINS = {
    *(
        "input",
        "output",
        "error",
        "item",
        "skip_reason",
        "overrides",
        "task_token",
        "idempotency_key",
        "request_digest",
    ),
    *(
        "request",
        "response",
        "message",
        "form",
        "comment",
        "data",
        "arguments",
        "body",
        "headers",
        "answer",
        "definition",
    ),
    *(
        "sealed",
        "hash",
        "previous_hash",
        "pepper",
        "digest",
        "replay_salt",
        "manifest",
        "metadata",
        "last_error",
        "reason",
    ),
    *("detail", "attributes", "settings", "name", "email", "subject", "contact_email", "suspended_reason", "document"),
}
"""Names under which tables keep content, words of people, errors and secrets."""
SENT = {("relay", "outbox", "payload")}
"""What a login reads all the same: what it sends is what the relay is for."""
OF_THE_PLATFORM = {(login, LEDGER, "reason") for login in ("recorder", "reconciler")}
"""Columns of these names that hold a word of the platform's own: why an attempt was made."""


@pytest.fixture
def readable(scratch: ScratchDatabase) -> dict[str, Columns]:
    found: dict[str, Columns] = {}
    with scratch.superuser() as connection:
        for role, table, columns in connection.execute(ACROSS).fetchall():
            found.setdefault(str(role), {})[str(table)] = set(str(columns).split())
    return found


@pytest.mark.parametrize("role", READ)
def test_whoever_looks_across_tenants_reads_these_columns_alone(readable: dict[str, Columns], role: str) -> None:
    seen = readable[role]
    assert {table: seen.get(table) for table in READ[role]} == {t: set(c.split()) for t, c in READ[role].items()}
    if role in LOGINS:
        assert set(seen) - {LEDGER} == set(READ[role])


def test_no_login_reads_content_of_all_tenants(readable: dict[str, Columns]) -> None:
    logins = {role for role in readable if role not in {"registry", "timekeeper", "tracer", "courier", "undertaker"}}
    assert logins >= set(LOGINS)
    read = {
        (role, table, column)
        for role in LOGINS
        for table, columns in readable[role].items()
        for column in columns & (NOT_FOR_LOGINS | {"payload"})
    }
    assert read - OF_THE_PLATFORM == SENT


def test_who_has_row_level_security_asks_for_a_tenant_or_is_listed(readable: dict[str, Columns]) -> None:
    """The logins of services that serve tenants read nothing of a tenant that they have not set."""
    functions = {"registry", "timekeeper", "tracer", "courier", "key_lookup", "answer_expiry"}
    assert set(readable) - functions - {"undertaker"} == set(LOGINS)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT tenant_id, input, output FROM runs",
        "SELECT error FROM runs",
        "SELECT output, error, item FROM steps",
        "SELECT task_token FROM steps",
        "SELECT message, comment FROM approvals",
        "TABLE runs",
    ],
)
def test_the_sweeper_s_login_is_refused(scratch: ScratchDatabase, statement: str) -> None:
    with (
        psycopg.connect(scratch.url("sweeper")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


def test_the_relay_s_login_changes_nothing_of_what_it_sends(scratch: ScratchDatabase) -> None:
    changed: list[Any] = ["UPDATE outbox SET payload = '{}'", "UPDATE outbox SET kind = 'close_run', step_id = NULL"]
    for statement in changed:
        with (
            psycopg.connect(scratch.url("relay")) as connection,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
        ):
            connection.execute(statement)
