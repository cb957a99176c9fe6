"""A tenant reaches nothing of another: not through the API, not through SQL as any service's login."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from psycopg import sql

from fixtures.stack import Member, Stack, new_member

pytestmark = pytest.mark.stack

TENANT_LOGINS = ("control_plane", "orchestrator", "llm_gateway", "lambdas")
CROSS_TENANT = {
    "relay": {"outbox"},
    "sweeper": {"runs", "steps"},
    "recorder": {"budgets", "budget_warnings", "llm_events", "runs", "steps"},
    "reconciler": {"llm_events", "provider_usage"},
}
CODE = "open('/work/out/secret.txt', 'w').write('mine')"


@pytest.fixture(scope="module")
def neighbour(stack: Stack) -> tuple[Member, dict[str, Any]]:
    """Another tenant with a budget and a finished run that has steps, events, a tool call and an artifact."""
    owner = new_member(stack)
    step = {"name": "keep", "kind": "tool", "tool": "code.python", "arguments": {"code": CODE}}
    run = owner.ended(owner.start({"steps": [step]})["id"])
    assert run["status"] == "COMPLETED", run
    with owner.api() as api:
        artifact = api.get(f"/runs/{run['id']}/artifacts").json()["items"][0]
        budget = api.put(f"/budgets/user/{owner.user_id}/month", json={"limit_tokens": 9_000_000})
        assert budget.status_code == 201, budget.text
    ids = {"run": run["id"], "task": run["task_id"], "artifact": artifact["id"]}
    return owner, {**ids, "tenant": owner.tenant_id, "user": owner.user_id}


CALLS: dict[str, Callable[[httpx.Client, dict[str, Any]], httpx.Response]] = {
    "read the task": lambda api, ids: api.get(f"/tasks/{ids['task']}"),
    "add a version": lambda api, ids: api.patch(
        f"/tasks/{ids['task']}",
        json={"name": "x", "steps": [{"name": "a", "kind": "noop"}]},
        headers={"If-Match": '"1"'},
    ),
    "archive the task": lambda api, ids: api.delete(f"/tasks/{ids['task']}"),
    "run the task": lambda api, ids: api.post("/runs", json={"task_id": ids["task"]}),
    "read the run": lambda api, ids: api.get(f"/runs/{ids['run']}"),
    "read the timeline": lambda api, ids: api.get(f"/runs/{ids['run']}/steps"),
    "read the metrics": lambda api, ids: api.get(f"/runs/{ids['run']}/metrics"),
    "explain the run": lambda api, ids: api.get(f"/runs/{ids['run']}/explain"),
    "list its artifacts": lambda api, ids: api.get(f"/runs/{ids['run']}/artifacts"),
    "fetch the artifact": lambda api, ids: api.get(f"/artifacts/{ids['artifact']}"),
    "cancel the run": lambda api, ids: api.delete(f"/runs/{ids['run']}"),
    "pause the run": lambda api, ids: api.post(f"/runs/{ids['run']}/pause"),
    "resume the run": lambda api, ids: api.post(f"/runs/{ids['run']}/resume"),
    "read the tenant's budgets": lambda api, ids: api.get(f"/budgets/tenant/{ids['tenant']}"),
    "read a user's budget": lambda api, ids: api.get(f"/budgets/user/{ids['user']}/month"),
    "limit the tenant": lambda api, ids: api.put(f"/budgets/tenant/{ids['tenant']}/day", json={"limit_tokens": 0}),
    "replace a user's budget": lambda api, ids: api.put(f"/budgets/user/{ids['user']}/month", json={"limit_tokens": 0}),
    "delete a user's budget": lambda api, ids: api.delete(f"/budgets/user/{ids['user']}/month"),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_neighbour_s_things_do_not_exist_in_the_api(
    member: Member, neighbour: tuple[Member, dict[str, Any]], call: str
) -> None:
    with member.api() as api:
        answer = CALLS[call](api, neighbour[1])
    assert answer.status_code == 404, answer.text
    assert answer.json()["type"] == "urn:lockstep:problem:not_found"


def test_a_neighbour_s_things_are_in_no_list(member: Member, neighbour: tuple[Member, dict[str, Any]]) -> None:
    with member.api() as api:
        assert api.get("/tasks").json()["items"] == []
        assert api.get("/runs").json()["items"] == []
        assert api.get("/runs", params={"task_id": neighbour[1]["task"]}).json()["items"] == []
        assert api.get("/budgets").json()["items"] == []
        assert api.get("/budget-warnings").json()["items"] == []
        assert api.get("/usage", params={"group_by": "tenant"}).json()["items"] == []


def test_a_neighbour_s_file_cannot_be_staged(member: Member, neighbour: tuple[Member, dict[str, Any]]) -> None:
    step: dict[str, Any] = {"name": "steal", "kind": "tool", "tool": "code.python"}
    step |= {"arguments": {"code": "print(open('/work/in/x').read())", "files": "${input.files}"}}
    files = [{"artifact": neighbour[1]["artifact"], "name": "x"}]
    run = member.ended(member.start({"steps": [step]}, input={"files": files})["id"])
    assert run["status"] == "FAILED"
    assert run["error"]["failures"][0]["code"] == "artifact_missing"


def tenant_tables(connection: "psycopg.Connection[Any]", privilege: str) -> list[str]:
    """Tables with a tenant that this login may SELECT from (or INSERT into)."""
    rows = connection.execute(
        """SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
           WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
             AND (has_table_privilege(c.oid, %(p)s) OR (%(p)s = 'SELECT' AND has_any_column_privilege(c.oid, %(p)s)))
           ORDER BY 1""",
        {"p": privilege},
    )
    return [name for (name,) in rows]


def count(connection: "psycopg.Connection[Any]", table: str, tenant_id: UUID) -> int:
    query = sql.SQL("SELECT count(*) FROM {} WHERE tenant_id = %s").format(sql.Identifier(table))
    found = connection.execute(query, [tenant_id]).fetchone()
    assert found is not None
    return int(found[0])


@pytest.mark.parametrize("login", TENANT_LOGINS)
def test_a_service_s_login_sees_only_the_tenant_that_it_has_set(
    stack: Stack, member: Member, neighbour: tuple[Member, dict[str, Any]], login: str
) -> None:
    victim = neighbour[0].tenant_id
    with psycopg.connect(stack.login(login)) as connection:
        tables = tenant_tables(connection, "SELECT")
        assert len(tables) >= 3
        for setting in ("", str(member.tenant_id)):
            connection.execute("SELECT set_config('lockstep.tenant', %s, true)", [setting])
            assert {table: count(connection, table, victim) for table in tables} == dict.fromkeys(tables, 0)
        connection.execute("SELECT set_config('lockstep.tenant', %s, true)", [str(victim)])
        seen = {table for table in tables if count(connection, table, victim)}
        assert seen, "with its own tenant set the login must see something, or the test above proves nothing"


@pytest.mark.parametrize("login", TENANT_LOGINS)
def test_a_service_s_login_changes_nothing_of_another_tenant(
    stack: Stack, member: Member, neighbour: tuple[Member, dict[str, Any]], login: str
) -> None:
    victim = neighbour[0].tenant_id
    with psycopg.connect(stack.login(login)) as connection:
        connection.execute("SELECT set_config('lockstep.tenant', %s, true)", [str(member.tenant_id)])
        for table in tenant_tables(connection, "UPDATE"):
            query = sql.SQL("UPDATE {} SET tenant_id = tenant_id WHERE tenant_id = %s").format(sql.Identifier(table))
            assert connection.execute(query, [victim]).rowcount == 0, table


@pytest.mark.parametrize("login", ["control_plane", "orchestrator", "lambdas"])
def test_a_row_cannot_be_written_into_another_tenant(
    stack: Stack, member: Member, neighbour: tuple[Member, dict[str, Any]], login: str
) -> None:
    owner, ids = neighbour
    with psycopg.connect(stack.login(login)) as connection:
        connection.execute("SELECT set_config('lockstep.tenant', %s, true)", [str(member.tenant_id)])
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            connection.execute(
                "INSERT INTO outbox (tenant_id, run_id, kind, payload) VALUES (%s, %s, 'stop_execution', '{}')",
                [owner.tenant_id, ids["run"]],
            )


@pytest.mark.parametrize("login", CROSS_TENANT)
def test_a_login_across_tenants_reaches_only_its_tables(stack: Stack, login: str) -> None:
    with psycopg.connect(stack.login(login)) as connection:
        assert set(tenant_tables(connection, "SELECT")) <= CROSS_TENANT[login]


@pytest.mark.parametrize("login", [*TENANT_LOGINS, *CROSS_TENANT])
def test_no_login_can_lift_row_level_security(stack: Stack, login: str) -> None:
    with psycopg.connect(stack.login(login)) as connection:
        row = connection.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        assert row == (False, False, False)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("ALTER TABLE runs DISABLE ROW LEVEL SECURITY")


@pytest.mark.parametrize("login", [*TENANT_LOGINS, *CROSS_TENANT])
def test_the_ledger_is_append_only_for_every_login(stack: Stack, login: str) -> None:
    with psycopg.connect(stack.login(login)) as connection:
        for privilege in ("UPDATE", "DELETE"):
            row = connection.execute("SELECT has_table_privilege('llm_events', %s)", [privilege]).fetchone()
            assert row == (False,)


def test_row_level_security_is_forced_on_every_table_with_a_tenant(stack: Stack) -> None:
    with stack.superuser() as connection:
        loose = connection.execute(
            """SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
               WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
                 AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"""
        ).fetchall()
    assert loose == []
