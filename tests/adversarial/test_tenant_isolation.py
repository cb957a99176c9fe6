"""A tenant reaches nothing of another: not through the API, not through SQL as any service's login."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from psycopg import sql

from fixtures.api.operations import Operation, operations_of
from fixtures.api.unopened_apps import unopened_api
from fixtures.running.stack import Member, Stack, new_member
from fixtures.tool_sources.openapi_documents import PETS
from foundation.domain.ids import TenantId, new_uuid

pytestmark = pytest.mark.stack

TENANT_LOGINS = ("control_plane", "orchestrator", "llm_gateway", "lambdas")
CROSS_TENANT = {
    "relay": {"outbox"},
    "sweeper": {"approvals", "released_parts", "runs", "steps"},
    # Of deletions these read which tenants have left, whose ledger stays when their counters go.
    "recorder": {"budgets", "budget_warnings", "llm_events", "runs", "steps", "tenant_deletions"},
    "reconciler": {"llm_events", "provider_usage", "tenant_deletions"},
}
WITHOUT_TENANT = {
    "alembic_version": "which migrations were applied",
    "users": "a person may belong to several tenants; PostgreSQL shows those of the caller's tenant",
    "provider_usage": "what the provider's own reports say of the platform's keys",
    "gateway_instances": "the gateways that run",
    "platform_kill_switch": "stops all tenants, who are told its reason",
    "queue_watch": "when a worker last looked at the queue of all tenants",
    "platform_audit": "what the platform's operators did, who belong to no tenant",
    "platform_audit_chain": "the places of these acts in their chain",
    "platform_audit_anchors": "which heads of that chain were written outside of the database",
    "operator_keyed_calls": "what operators made under their own keys, which no transaction of a tenant sees",
    "gateway_configurations": "what operators publish for the gateway, which serves all tenants alike",
    "unreadable_messages": "what nobody can read, so that nobody knows whose it is",
}
CODE = "open('/work/out/secret.txt', 'w').write('mine')"
TOOL = {"name": "keep", "kind": "tool", "tool": "code.python", "arguments": {"code": CODE}}
MODEL = {"name": "ask", "kind": "llm", "prompt": "How many penguins?"}
APPROVAL = {"name": "review", "kind": "approval", "message": "How many penguins may it be?"}


_OF_ATTEMPTS = re.compile(r'"failures":\d+,"failing_since":[^,]+,|"as_of":"[^"]+",')


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another tenant, and by the name of each path parameter what it has there."""

    owner: Member
    ids: dict[str, str]

    def things(self) -> set[str]:
        return {str(UUID(value)) for name, value in self.ids.items() if name.endswith("_id")}

    def views(self) -> dict[str, Any]:
        """What the neighbour sees in its lists, without moments, and what changes as its webhook is never answered."""
        lists = [one for one in OPERATIONS if one.method == "GET" and is_of_the_caller(one)]
        return {one.path: _OF_ATTEMPTS.sub("", call(self.owner, one, {}).text) for one in lists}


@pytest.fixture(scope="module")
def neighbour(stack: Stack) -> Neighbour:
    """It has a budget, a finished run with steps, events, a tool call, a model call and an artifact, and a request."""
    owner = new_member(stack)
    run = owner.ended(owner.start({"steps": [TOOL, MODEL]})["id"])
    assert run["status"] == "COMPLETED", run
    asking = owner.start({"steps": [APPROVAL]})["id"]
    with owner.api() as api:
        hook = {"name": "theirs", "url": "https://theirs.example/", "events": ["run.*"]}
        webhook = api.post("/webhooks", json=hook).json()
        delivery = api.post(f"/webhooks/{webhook['id']}/test").json()
        theirs = {"name": "theirs", "task_id": run["task_id"], "every_seconds": 31_536_000}
        schedule = api.post("/schedules", json=theirs).json()
        trigger = api.post("/triggers", json={"name": "theirs", "task_id": run["task_id"]}).json()
        assert api.put("/secrets/a-secret", json={"value": "theirs", "hosts": ["theirs.example"]}).status_code == 201
        assert api.put("/tool-sources/theirs", json={"document": PETS}).status_code == 201
        [approval] = owner.until(lambda: api.get(f"/approvals?run_id={asking}").json()["items"])
        artifact = api.get(f"/runs/{run['id']}/artifacts").json()["items"][0]
        budget = api.put(f"/budgets/user/{owner.user_id}/month", json={"limit_tokens": 9_000_000})
        assert budget.status_code == 201, budget.text
        role = api.post("/roles", json={"name": "auditor", "permissions": ["usage:read"]})
        assert role.status_code == 201, role.text
        key = api.post("/api-keys", json={"name": "mine", "scopes": ["api"]})
        account = api.post("/service-accounts", json={"name": "deployer", "role": "member"})
        assert (key.status_code, account.status_code) == (201, 201), key.text + account.text
        invitation = api.post("/invitations", json={"email": "neighbour@example.com", "role": "member"})
        assert invitation.status_code == 201, invitation.text
        export = api.post(f"/tenants/{owner.tenant_id}/export")
        assert export.status_code == 202, export.text
    with stack.superuser() as connection:
        query = "SELECT request_id FROM llm_events WHERE tenant_id = %s"
        [request_id] = owner.until(lambda: connection.execute(query, [owner.tenant_id]).fetchone())
    ids = {"run_id": run["id"], "task_id": run["task_id"], "artifact_id": artifact["id"], "request_id": request_id}
    ids["other_id"] = run["id"]
    ids["approval_id"] = approval["id"]
    ids["role_id"] = role.json()["id"]
    ids |= {"tenant_id": str(owner.tenant_id), "user_id": str(owner.user_id)}
    ids |= {"invitation_id": invitation.json()["id"], "token": invitation.json()["token"]}
    ids["api_key_id"], ids["service_account_id"] = key.json()["id"], account.json()["id"]
    ids["dead_letter_id"] = a_dead_letter(stack, run["id"])
    ids["access_id"] = an_access(stack, owner.tenant_id)
    ids |= OWN_NAMES
    ids |= {"webhook_id": webhook["id"], "delivery_id": delivery["id"], "schedule_id": schedule["id"]}
    ids["trigger_id"], ids["export_id"], ids["deletion_id"] = trigger["id"], export.json()["id"], new_uuid()
    ids["trace_id"] = run["trace_id"]
    fixed = {"scope": "user", "scope_id": owner.user_id, "period": "month", "name": str(TOOL["name"]), "turn": "1"}
    return Neighbour(owner, {name: str(value) for name, value in (ids | fixed).items()})


def a_dead_letter(stack: Stack, run_id: str) -> str:
    """One of a step of the run, whatever became of it."""
    with stack.superuser() as connection:
        query = """INSERT INTO dead_letters (tenant_id, dead_letter_id, run_id, step_id, cause, error, attempts)
                   SELECT tenant_id, gen_random_uuid(), run_id, step_id, 'worker_lost', '{"code": "worker_lost"}', 5
                   FROM steps WHERE run_id = %s LIMIT 1 RETURNING dead_letter_id"""
        [(letter,)] = connection.execute(query, [run_id]).fetchall()
    return str(letter)


def an_access(stack: Stack, tenant_id: TenantId) -> str:
    """By which an operator reads what is this tenant's."""
    with stack.superuser() as connection:
        query = """INSERT INTO break_glass_accesses (tenant_id, access_id, operator, reason, expires_at)
                   VALUES (%s, gen_random_uuid(), 'operator:o', 'theirs', now() + interval '1 hour')
                   RETURNING access_id"""
        [(access,)] = connection.execute(query, [tenant_id]).fetchall()
    return str(access)


PREFIX = "/api/v1"
OPERATIONS = operations_of(unopened_api())
OF_THE_PLATFORM = ("/api/v1/breakers", "/api/v1/operations", "/api/v1/workers")
"""What belongs to no tenant: owners may look at it, and only operators change it."""
PLATFORM_IDS = {
    "provider": "simulated",
    "model": "default",
    "version": "1",
    **dict.fromkeys(("message_id", "tenant_id", "access_id", "dead_letter_id"), str(UUID(int=1))),
}
OF_OPERATORS_ALONE = {
    "GET /api/v1/operations/dead-letters",
    "GET /api/v1/operations/dead-letters/{dead_letter_id}",
    "GET /api/v1/operations/resources",
    "GET /api/v1/operations/unreadable-messages",
    "GET /api/v1/operations/gateway-configurations",
    "POST /api/v1/operations/gateway-configurations",
    "GET /api/v1/operations/gateway-configurations/{version}",
    "GET /api/v1/operations/kill-switch",
    "PUT /api/v1/operations/kill-switch",
    "GET /api/v1/operations/audit",
    "POST /api/v1/operations/break-glass-accesses",
    "GET /api/v1/operations/break-glass-accesses",
    "GET /api/v1/operations/break-glass-accesses/{access_id}",
    "DELETE /api/v1/operations/break-glass-accesses/{access_id}",
    "GET /api/v1/operations/audit/export",
    "GET /api/v1/operations/usage",
    "POST /api/v1/tenants",
    "GET /api/v1/tenants",
    "POST /api/v1/tenants/{tenant_id}/owner-invitation",
    "POST /api/v1/tenants/{tenant_id}/suspend",
    "POST /api/v1/tenants/{tenant_id}/restore",
    "PUT /api/v1/tenants/{tenant_id}/bounds",
    "DELETE /api/v1/tenants/{tenant_id}/bounds",
}
"""What even owners may not look at or do."""
QUERIES = {
    "GET /api/v1/usage": {"group_by": "user"},
    "GET /api/v1/operations/usage": {"group_by": "tenant"},
    "GET /api/v1/operations/break-glass-accesses": {"tenant_id": str(UUID(int=1))},
    "DELETE /api/v1/tenants/{tenant_id}": {"confirm": "theirs"},
    "GET /api/v1/audit": {"action": "task.version"},
    "GET /api/v1/audit/export": {"action": "task.version"},
}
"""What an operation cannot be asked without; and of an audit what was done, as it also has what the caller tried."""
OWN_NAMES = {"secret_name": "a-secret", "source_name": "theirs", "month": f"{datetime.now(UTC):%Y-%m}"}
NAMED_BY_THE_CALLER = {
    "PUT /api/v1/secrets/{secret_name}",
    "PUT /api/v1/tool-sources/{source_name}",
    "GET /api/v1/statements/{month}",
}
"""Operations whose path has a name that the caller chooses: under the same name, each tenant has a thing of its own."""
BY_SIGNATURE = {"POST /api/v1/trigger-calls/{tenant_id}/{trigger_id}"}
"""What nobody signs in for: whoever does not know the secret is told nothing, whether there is such a thing or not."""
NAMES_IDS = {
    "POST /api/v1/runs": ("task_id",),
    "POST /api/v1/schedules": ("task_id",),
    "POST /api/v1/triggers": ("task_id",),
    "POST /api/v1/invitations/accept": ("token",),
    "PUT /api/v1/users/me/active-tenant": ("tenant_id",),
}
"""Operations without an id in the path whose body names a thing of the tenant."""


def is_of_the_platform(operation: Operation) -> bool:
    return operation.path.startswith(OF_THE_PLATFORM) or operation.name in OF_OPERATORS_ALONE


def has_path_ids(operation: Operation) -> bool:
    if operation.name in NAMED_BY_THE_CALLER | BY_SIGNATURE:
        return False
    return "{" in operation.path and not is_of_the_platform(operation)


def is_of_the_caller(operation: Operation) -> bool:
    """Neither path nor body names anything: it lists, makes or changes what is the caller's own."""
    return not (
        operation.public
        or has_path_ids(operation)
        or is_of_the_platform(operation)
        or operation.name in NAMES_IDS
        or operation.name in BY_SIGNATURE
    )


def is_view(operation: Operation) -> bool:
    return operation.method == "GET" and (is_of_the_caller(operation) or is_of_the_platform(operation))


def call(member: Member, operation: Operation, ids: dict[str, str], **body: Any) -> httpx.Response:
    """The operation with these ids in its path, and the document's own example, changed by `body`, where it has one."""
    path = operation.path.removeprefix(PREFIX).format_map(OWN_NAMES | ids)
    content = None if operation.body is None else {**operation.example, **body}
    headers = operation.if_match("*") if operation.method in {"PATCH", "DELETE"} else {}
    with member.api() as api:
        params = QUERIES.get(operation.name)
        return api.request(operation.method, path, json=content, headers=headers, params=params)


def every(which: Callable[[Operation], bool]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("operation", [one for one in OPERATIONS if which(one)], ids=lambda one: one.name)


def is_not_found(answer: httpx.Response) -> bool:
    return answer.status_code == 404 and answer.json()["type"] == "urn:lockstep:problem:not_found"


@every(has_path_ids)
def test_a_neighbour_s_things_do_not_exist_in_the_api(
    member: Member, neighbour: Neighbour, operation: Operation
) -> None:
    answer = call(member, operation, neighbour.ids)
    assert is_not_found(answer), answer.text


@every(lambda operation: "{scope}" in operation.path)
def test_a_neighbour_itself_is_no_scope_of_the_api(member: Member, neighbour: Neighbour, operation: Operation) -> None:
    answer = call(member, operation, {**neighbour.ids, "scope": "tenant", "scope_id": str(neighbour.owner.tenant_id)})
    assert is_not_found(answer), answer.text


@pytest.mark.parametrize("name", NAMES_IDS)
def test_a_neighbour_s_things_can_be_named_in_no_body(member: Member, neighbour: Neighbour, name: str) -> None:
    [operation] = [one for one in OPERATIONS if one.name == name]
    answer = call(member, operation, {}, **{one: neighbour.ids[one] for one in NAMES_IDS[name]})
    assert is_not_found(answer), answer.text


@every(is_view)
def test_a_neighbour_s_things_are_in_no_list(member: Member, neighbour: Neighbour, operation: Operation) -> None:
    answer = call(member, operation, PLATFORM_IDS)
    expected = {403} if operation.name in OF_OPERATORS_ALONE else {200, 404} if "{" in operation.path else {200}
    assert answer.status_code in expected, answer.text
    assert [thing for thing in neighbour.things() if thing in answer.text] == []


def test_the_neighbour_s_own_lists_have_its_things(neighbour: Neighbour) -> None:
    """Or the test above would prove nothing."""
    seen = str(neighbour.views())
    names = {
        "run_id",
        "task_id",
        "scope_id",
        "approval_id",
        "role_id",
        "api_key_id",
        "service_account_id",
        "invitation_id",
    }
    assert {name for name in names if neighbour.ids[name] in seen} == names


@every(lambda operation: is_of_the_caller(operation) and operation.method != "GET")
def test_what_a_caller_makes_or_changes_is_its_own(member: Member, neighbour: Neighbour, operation: Operation) -> None:
    before = neighbour.views()
    answer = call(member, operation, {})
    assert answer.is_success, answer.text
    assert neighbour.views() == before


@every(lambda operation: is_of_the_platform(operation) and operation.method != "GET")
def test_what_is_of_the_platform_is_changed_by_no_tenant_s_owner(member: Member, operation: Operation) -> None:
    answer = call(member, operation, PLATFORM_IDS)
    assert answer.status_code == 403, answer.text


@pytest.mark.parametrize(
    "path", ["/runs?task_id={task_id}", "/approvals?run_id={run_id}", "/usage?group_by=tenant", "/usage?group_by=user"]
)
def test_a_neighbour_s_things_are_behind_no_filter(member: Member, neighbour: Neighbour, path: str) -> None:
    with member.api() as api:
        assert api.get(path.format_map(neighbour.ids)).json()["items"] == []


def test_a_neighbour_s_file_cannot_be_staged(member: Member, neighbour: Neighbour) -> None:
    step: dict[str, Any] = {"name": "steal", "kind": "tool", "tool": "code.python"}
    step |= {"arguments": {"code": "print(open('/work/in/x').read())", "files": "${input.files}"}}
    files = [{"artifact": neighbour.ids["artifact_id"], "name": "x"}]
    run = member.ended(member.start({"steps": [step]}, input={"files": files})["id"])
    assert run["status"] == "FAILED"
    assert run["error"]["failures"][0]["code"] == "artifact_missing"


def tenant_tables(connection: "psycopg.Connection[Any]", privilege: str) -> list[str]:
    """Tables with a tenant that this login may SELECT from (or INSERT into)."""
    rows = connection.execute(
        """SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
           WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
             AND (has_table_privilege(c.oid, %(p)s)
                  OR (%(p)s IN ('SELECT', 'INSERT') AND has_any_column_privilege(c.oid, %(p)s)))
           ORDER BY 1""",
        {"p": privilege},
    )
    return [name for (name,) in rows]


def count(connection: "psycopg.Connection[Any]", table: str, tenant_id: TenantId) -> int:
    query = sql.SQL("SELECT count(*) FROM {} WHERE tenant_id = %s").format(sql.Identifier(table))
    found = connection.execute(query, [tenant_id]).fetchone()
    assert found is not None
    return int(found[0])


@pytest.mark.parametrize("login", TENANT_LOGINS)
def test_a_service_s_login_sees_only_the_tenant_that_it_has_set(
    stack: Stack, member: Member, neighbour: Neighbour, login: str
) -> None:
    victim = neighbour.owner.tenant_id
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
    stack: Stack, member: Member, neighbour: Neighbour, login: str
) -> None:
    victim = neighbour.owner.tenant_id
    with psycopg.connect(stack.login(login)) as connection:
        connection.execute("SELECT set_config('lockstep.tenant', %s, true)", [str(member.tenant_id)])
        for table in tenant_tables(connection, "UPDATE"):
            query = sql.SQL("UPDATE {} SET tenant_id = tenant_id WHERE tenant_id = %s").format(sql.Identifier(table))
            assert connection.execute(query, [victim]).rowcount == 0, table


@pytest.mark.parametrize("login", TENANT_LOGINS)
def test_no_row_can_be_written_into_another_tenant(
    stack: Stack, member: Member, neighbour: Neighbour, login: str
) -> None:
    """PostgreSQL compares the tenant before it asks whether the row is whole."""
    tried = 0
    with psycopg.connect(stack.login(login), autocommit=True) as connection:
        for table in tenant_tables(connection, "INSERT"):
            query = sql.SQL("INSERT INTO {} (tenant_id) VALUES (%s)").format(sql.Identifier(table))
            connection.execute("SELECT set_config('lockstep.tenant', %s, false)", [str(member.tenant_id)])
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
                connection.execute(query, [neighbour.owner.tenant_id])
            tried += 1
    assert tried >= 1


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


def test_a_table_without_a_tenant_is_named_here(stack: Stack) -> None:
    with stack.superuser() as connection:
        rows = connection.execute(
            """SELECT relname FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
               AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'tenant_id')"""
        ).fetchall()
    assert {name for (name,) in rows} == set(WITHOUT_TENANT)
