"""Each call that would change something is in the audit, whoever makes it and however it ends; so is who reads it."""

import csv
import io
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.operations import Operation, operations_of
from fixtures.api.problems import problem
from fixtures.api.unopened_apps import unopened_api
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase

WRITES = {"POST", "PUT", "PATCH", "DELETE"}
WITHOUT_CALLER = {"POST /api/v1/trigger-calls/{tenant_id}/{trigger_id}"}
"""What is told is the run that it starts; refusals stand in the list of the trigger's calls."""
MUTATING = [
    one
    for one in operations_of(unopened_api())
    if one.method in WRITES and not one.public and one.name not in WITHOUT_CALLER
]
LOGINS = ("control_plane", "orchestrator", "llm_gateway", "lambdas", "relay", "sweeper", "recorder", "reconciler")
COLUMNS = {
    "audit_log": "UPDATE {} SET actor = 'x'",
    "platform_audit": "UPDATE {} SET actor = 'x'",
    "audit_chain": "UPDATE {} SET position = 7",
    "audit_anchors": "UPDATE {} SET number = 7",
    "platform_audit_chain": "UPDATE {} SET position = 7",
    "platform_audit_anchors": "UPDATE {} SET number = 7",
}
OF_PEOPLE = {"POST /api/v1/invitations/accept", "PUT /api/v1/users/me/active-tenant"}
OF_PEOPLE |= {"DELETE /api/v1/users/me/tenants/{tenant_id}"}
"""What every person may: it is told of in the platform's audit unless it changes a tenant."""


async def call(client: httpx.AsyncClient, operation: Operation, request_id: str) -> httpx.Response:
    path = f"http://test{operation.path_with(str(uuid4()))}"
    headers = {**operation.if_match('"1"'), "x-request-id": request_id, "user-agent": "the-auditor/1"}
    return await client.request(operation.method, path, json=operation.example, headers=headers)


def rows(scratch: ScratchDatabase, request_id: str) -> list[tuple[Any, ...]]:
    """Of both audits, as (actor, outcome, operation, user agent)."""
    with scratch.superuser() as connection:
        return connection.execute(
            """SELECT actor, outcome, operation, user_agent FROM audit_log WHERE request_id = %(id)s
               UNION ALL SELECT actor, outcome, operation, user_agent FROM platform_audit WHERE request_id = %(id)s""",
            {"id": request_id},
        ).fetchall()


@pytest.fixture(scope="module")
async def clients(lonely_api: ApiInProcess, scratch: ScratchDatabase) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    tenant = Tenant().create(scratch)
    async with lonely_api.caller(tenant) as owner, lonely_api.caller(tenant, role="viewer") as viewer:
        yield {"owner": owner, "viewer": viewer}


@pytest.mark.parametrize("role", ["owner", "viewer"])
@pytest.mark.parametrize("operation", MUTATING, ids=lambda one: one.name)
async def test_every_call_that_would_change_something_has_its_row(
    clients: dict[str, httpx.AsyncClient], scratch: ScratchDatabase, operation: Operation, role: str
) -> None:
    request_id = f"r-{uuid4()}"
    answer = await call(clients[role], operation, request_id)
    assert answer.headers["x-request-id"] == request_id
    found = rows(scratch, request_id)
    assert len(found) >= 1, (answer.status_code, answer.text)
    assert {(one[2] is not None, one[3]) for one in found} == {(True, "the-auditor/1")}
    if answer.status_code == 403:
        assert {one[1] for one in found} == {"denied"}
    elif answer.status_code >= 400:
        assert "done" not in {one[1] for one in found}
    if role == "viewer" and operation.name not in OF_PEOPLE:
        assert answer.status_code == 403, answer.text


def test_the_list_above_is_of_all_operations() -> None:
    assert len(MUTATING) > 40


async def test_a_long_path_is_told_as_far_as_it_is_kept(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    step = "\u00e9" * 4000
    async with lonely_api.caller(tenant) as owner:
        refused = await owner.post(f"/runs/{uuid4()}/steps/{step}/outcome", json={"decision": "retry"})
        assert 400 <= refused.status_code < 500
        [row] = (await owner.get("/audit", params={"outcome": "refused"})).json()["items"]
        assert (len(row["target"]), row["target"][-1]) == (2048, "\u00e9")
        found = (await owner.get("/audit", params={"target": row["target"]})).json()["items"]
        assert [one["id"] for one in found] == [row["id"]]


async def test_who_reads_the_audit_is_in_it(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as owner:
        await owner.get("/audit", params={"actor": "nobody"})
        [row] = (await owner.get("/audit")).json()["items"]
    assert (row["action"], row["target"], row["outcome"], row["status"]) == ("call.list_audit", "/audit", "done", 200)
    assert row["detail"] == {"query": "actor=nobody"}
    assert row["actor"] == f"user:{tenant.user_id}"


async def test_operators_reads_are_in_the_platform_s_audit(lonely_api: ApiInProcess, scratch: ScratchDatabase) -> None:
    request_id = f"r-{uuid4()}"
    async with lonely_api.operator() as operator:
        assert (await operator.get("/tenants", headers={"x-request-id": request_id})).status_code == 200
    assert [one[:3] for one in rows(scratch, request_id)] == [("operator:the-operator", "done", "list_tenants")]


async def test_rows_are_filtered_and_paged_and_say_what_was_before(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as owner, lonely_api.caller(tenant, role="viewer") as viewer:
        for name in ("a", "b"):
            body = {"name": name, "permissions": ["usage:read"]}
            assert (await owner.post("/roles", json=body)).status_code == 201
        problem(await viewer.post("/roles", json={"name": "c", "permissions": ["usage:read"]}), 403, "forbidden")
        problem(await viewer.get("/audit"), 403, "forbidden")
        denied = (await owner.get("/audit", params={"outcome": "denied"})).json()["items"]
        assert [(one["operation"], one["status"]) for one in denied] == [("list_audit", 403), ("create_role", 403)]
        made: dict[str, str | int] = {"action": "role.create", "limit": 1}
        first = (await owner.get("/audit", params=made)).json()
        second = (await owner.get("/audit", params={**made, "cursor": first["next_cursor"]})).json()
        names = [one["detail"]["after"]["name"] for one in first["items"] + second["items"]]
        assert names == ["b", "a"]
        assert second["next_cursor"] is None
        problem(await owner.get("/audit", params={"since": "yesterday"}), 400, "bad_request")


async def test_the_audit_is_exported_whole(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as owner:
        body = {"name": "=cmd()", "permissions": ["usage:read"]}
        assert (await owner.post("/roles", json=body)).status_code == 201
        lines = (await owner.get("/audit/export", params={"action": "role.create"})).text.splitlines()
        [row] = [json.loads(line) for line in lines]
        assert row["detail"]["after"]["name"] == "=cmd()"
        answer = await owner.get("/audit/export", params={"format": "csv"})
        assert answer.headers["content-type"].startswith("text/csv")
        table = list(csv.DictReader(io.StringIO(answer.text)))
        assert [one["action"] for one in table] == ["call.export_audit", "role.create"]


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("table", COLUMNS)
def test_no_login_changes_or_removes_what_the_audit_has(scratch: ScratchDatabase, login: str, table: str) -> None:
    with psycopg.connect(scratch.url(login), autocommit=True) as connection:
        for statement in (COLUMNS[table], "DELETE FROM {}", "TRUNCATE {}"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.format(table).encode())
