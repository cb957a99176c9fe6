"""Secrets go in and are listed; a value never comes out, neither of the API nor of the database."""

import asyncio
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from control_plane.governance.secrets.service import MAX_OF_TENANT
from fixtures.api.api_in_process import ApiInProcess
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.tags import version_of

SECRET: dict[str, Any] = {"value": "gh-token", "hosts": ["api.Example.com", "*.example.org"]}


async def test_a_secret_is_stored_replaced_listed_and_deleted(
    lonely_api: ApiInProcess, tenant: Tenant, audited: Callable[[], list[tuple[Any, ...]]]
) -> None:
    async with lonely_api.caller(tenant) as owner:
        made = await owner.put("/secrets/github", json=SECRET)
        assert (made.status_code, version_of(made)) == (201, '"1"')
        shown = made.json()
        assert (shown["name"], shown["hosts"], shown["version"]) == ("github", ["api.example.com", "*.example.org"], 1)
        again = await owner.put("/secrets/github", json={**SECRET, "value": "newer"}, headers={"If-Match": '"1"'})
        assert (again.status_code, again.json()["version"]) == (200, 2)
        stale = await owner.put("/secrets/github", json=SECRET, headers={"If-Match": '"1"'})
        assert stale.status_code == 412
        assert "at version 2, not at version 1" in stale.json()["detail"]
        await owner.put("/secrets/another", json=SECRET)
        page = (await owner.get("/secrets", params={"limit": 1})).json()
        assert [item["name"] for item in page["items"]] == ["another"]
        page = (await owner.get("/secrets", params={"cursor": page["next_cursor"]})).json()
        assert ([item["name"] for item in page["items"]], page["next_cursor"]) == (["github"], None)
        assert (await owner.get("/secrets/github")).json() == again.json()
        assert (await owner.delete("/secrets/github", headers={"If-Match": '"1"'})).status_code == 412
        assert (await owner.delete("/secrets/github")).status_code == 204
        assert (await owner.get("/secrets/github")).status_code == 404
        assert (await owner.delete("/secrets/github")).status_code == 404
    rows = audited()
    assert [(action, target) for _, action, target, _ in rows] == [
        ("secret.put", "github"),
        ("secret.put", "github"),
        ("secret.put", "another"),
        ("secret.delete", "github"),
    ]
    assert "gh-token" not in str(rows)
    assert "newer" not in str(rows)


@pytest.mark.parametrize(
    ("name", "body", "pointer"),
    [
        ("Git", SECRET, "/path/secret_name"),
        ("a" * 64, SECRET, "/path/secret_name"),
        ("git", {**SECRET, "value": ""}, "/body/value"),
        ("git", {**SECRET, "value": "a\r\nx-evil: 1"}, "/body/value"),
        ("git", {**SECRET, "value": "ends with a line end\n"}, "/body/value"),
        ("git", {**SECRET, "value": "schl\u00fcssel"}, "/body/value"),
        ("git", {**SECRET, "hosts": []}, "/body/hosts"),
        ("git", {**SECRET, "hosts": ["*.com"]}, "/body/hosts/0"),
        ("git", {**SECRET, "hosts": ["10.0.0.1"]}, "/body/hosts/0"),
        ("git", {**SECRET, "sealed": "x"}, "/body/sealed"),
    ],
)
async def test_what_is_no_secret_is_refused_without_being_repeated(
    lonely_api: ApiInProcess, tenant: Tenant, name: str, body: dict[str, Any], pointer: str
) -> None:
    async with lonely_api.caller(tenant) as owner:
        answer = await owner.put(f"/secrets/{name}", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer), answer.text
    if body["value"]:
        assert body["value"] not in answer.text


@pytest.mark.parametrize(("role", "status"), [("member", 403), ("viewer", 403), ("admin", 201)])
async def test_who_administers_the_tenant_stores_them_and_all_members_see_their_names(
    lonely_api: ApiInProcess, tenant: Tenant, role: str, status: int
) -> None:
    async with lonely_api.caller(tenant, role=role) as caller:
        assert (await caller.put("/secrets/git", json=SECRET)).status_code == status
        assert (await caller.get("/secrets")).status_code == 200


async def test_the_login_that_closes_secrets_cannot_read_them(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    async with lonely_api.caller(tenant) as owner:
        await owner.put("/secrets/git", json=SECRET)
    with psycopg.connect(str(scratch.url("control_plane")), autocommit=True) as connection:
        connection.execute("SELECT set_config('lockstep.tenant', %s, false)", [str(tenant.tenant_id)])
        assert connection.execute("SELECT name FROM secrets").fetchall() == [("git",)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT sealed FROM secrets")
    with psycopg.connect(str(scratch.url("orchestrator")), autocommit=True) as connection:
        connection.execute("SELECT set_config('lockstep.tenant', %s, false)", [str(tenant.tenant_id)])
        [(sealed,)] = connection.execute("SELECT sealed FROM secrets").fetchall()
    assert sealed.count(".") == 4
    assert "gh-token" not in sealed


@pytest.mark.parametrize(
    ("secret", "pointer", "words"),
    [
        ({"name": "git", "host": "api.example.com"}, None, ""),
        ({"name": "none", "host": "api.example.com"}, "/secrets/0/name", "has no secret 'none'"),
        ({"name": "git", "host": "other.example.com"}, "/secrets/0/host", "may go to api.example.com, *.example.org"),
        ({"name": "git", "host": "a.elsewhere.com"}, "/secrets/0/host", "is not in the task's egress"),
        ({"name": "git", "host": "*.example.org"}, "/secrets/0/host", "no pattern of hosts"),
        ({"name": "git", "host": "api.example.com", "header": "Host"}, "/secrets/0/header", "carries a credential"),
        ({"name": "git", "host": "api.example.com", "header": "a b"}, "/secrets/0/header", "carries a credential"),
        ({"name": "git", "host": "api.example.com", "format": "Bearer"}, "/secrets/0/format", "once"),
        ({"name": "git", "host": "api.example.com", "format": "{value}{value}"}, "/secrets/0/format", "once"),
        ({"name": "git", "host": "api.example.com", "format": "{value}\r\n"}, "/secrets/0/format", "printable ASCII"),
    ],
)
async def test_a_task_names_secrets_for_hosts_that_both_allow(
    lonely_api: ApiInProcess, tenant: Tenant, secret: dict[str, Any], pointer: str | None, words: str
) -> None:
    task = {
        "name": "reader",
        "egress": ["*.example.com", "*.example.org"],
        "secrets": [secret],
        "steps": [{"name": "read", "kind": "tool", "tool": "code.python", "arguments": {"code": "1"}}],
    }
    async with lonely_api.caller(tenant) as owner:
        await owner.put("/secrets/git", json=SECRET)
        answer = await owner.post("/tasks", json=task)
        twice = await owner.post("/tasks", json={**task, "name": "twice", "secrets": [secret, secret]})
    if pointer is None:
        assert answer.status_code == 201, answer.text
        assert [fault["pointer"] for fault in twice.json()["errors"]] == ["/secrets/1"]
        return
    assert answer.status_code == 422
    faults = answer.json()["errors"]
    assert {fault["pointer"] for fault in faults} == {pointer}
    assert any(words in fault["detail"] for fault in faults)


async def test_a_tenant_has_so_many_secrets_whoever_adds_one_meanwhile(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> None:
    with scratch.superuser() as connection:
        connection.execute(
            """INSERT INTO secrets (tenant_id, name, hosts, sealed, updated_by)
               SELECT %s, 's' || n, '{example.com}', 'x', %s FROM generate_series(1, %s) AS n""",
            [tenant.tenant_id, tenant.user_id, MAX_OF_TENANT - 1],
        )
    async with lonely_api.caller(tenant) as owner:
        answers = await asyncio.gather(*(owner.put(f"/secrets/new{n}", json=SECRET) for n in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
