"""What is made again under its name is another thing: nobody who has seen the one before changes or deletes it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.api.unopened_apps import unopened_api
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.tool_sources.openapi_documents import pets

Body = dict[str, Any]
COUNTED: dict[str, tuple[Body, Body]] = {
    "/budgets/{scope}/{scope_id}/{period}": ({"cost_usd": "1"}, {"cost_usd": "500"}),
    "/secrets/{secret_name}": (
        {"value": "a", "hosts": ["a.example.com"]},
        {"value": "b", "hosts": ["b.example.com"]},
    ),
    "/tool-sources/{source_name}": ({"document": pets()}, {"document": pets()}),
}
"""What has versions: they go on counting."""
SET: dict[str, tuple[Body, Body]] = {
    "/limits": ({"tenant": {"at_once": 20}}, {"tenant": {"at_once": 21}}),
    "/budget-policy": (
        {"bounds": {"mode": "estimate", "margin": "1.5", "typical_output": 100}},
        {"bounds": {"mode": "estimate", "margin": "1.5", "typical_output": 200}},
    ),
    "/concurrency": ({"steps": 20}, {"steps": 30}),
    "/egress-policy": ({"hosts": ["a.example.com"]}, {"hosts": ["b.example.com"]}),
    "/quota-policy": ({"tenant": {"open_runs": 50}}, {"tenant": {"open_runs": 60}}),
    "/retention-policy": ({"prompts": 30}, {"prompts": 31}),
    "/provider-policy": ({"regions": ["eu"]}, {"regions": ["us"]}),
    "/tenants/{tenant_id}/bounds": (
        {"quotas": {"tenant": {"open_runs": 7}}},
        {"quotas": {"tenant": {"open_runs": 8}}},
    ),
}
"""What has no version: its tag is that of what is set, so that it is another one where something else is set."""
BY_ID = {"/roles/{role_id}"}
"""What nobody makes by a PUT: its id is never given again."""


@pytest.fixture
async def callers(
    lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant
) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
    """An owner, and an operator."""
    async with AsyncExitStack() as stack:
        owner = await stack.enter_async_context(lonely_api.caller(tenant))
        yield owner, await stack.enter_async_context(lonely_api.operator())
    with scratch.superuser() as connection:
        connection.execute("UPDATE tenants SET settings = '{}' WHERE tenant_id = %s", [tenant.tenant_id])


def place(path: str, tenant_id: UUID) -> str:
    mark = f"m{uuid4().hex[:12]}"
    values = {"scope": "tenant", "scope_id": tenant_id, "period": "day", "tenant_id": tenant_id}
    return path.format(**values, secret_name=mark, source_name=mark)


def test_every_path_that_is_put_and_deleted_is_tried_here() -> None:
    paths = unopened_api().openapi()["paths"]
    both = {path.removeprefix("/api/v1") for path, item in paths.items() if {"put", "delete"} <= item.keys()}
    assert both == {*COUNTED, *SET, *BY_ID}


@pytest.mark.parametrize("path", [*COUNTED, *SET])
async def test_who_has_seen_the_one_before_neither_changes_nor_deletes_the_new_one(
    callers: tuple[httpx.AsyncClient, httpx.AsyncClient], tenant: Tenant, path: str
) -> None:
    first, second = {**COUNTED, **SET}[path]
    caller, at = callers["bounds" in path], place(path, tenant.tenant_id)
    made = await caller.put(at, json=first)
    assert made.is_success, made.text
    seen = (await caller.get(at)).headers["etag"]
    assert (await caller.delete(at)).status_code == 204
    again = await caller.put(at, json=second, headers={"if-none-match": "*"} if path in COUNTED else {})
    assert again.is_success, again.text
    now = await caller.get(at)
    assert seen not in {again.headers["etag"], now.headers["etag"]}
    assert (await caller.get(at, headers={"if-none-match": seen})).status_code == 200
    problem(await caller.put(at, json=first, headers={"if-match": seen}), 412, "version_mismatch")
    problem(await caller.delete(at, headers={"if-match": seen}), 412, "version_mismatch")
    assert (await caller.get(at)).json() == now.json()
    assert (await caller.delete(at, headers={"if-match": now.headers["etag"]})).status_code == 204


@pytest.mark.parametrize("path", COUNTED)
async def test_versions_go_on_counting_however_often_it_is_made_and_deleted(
    callers: tuple[httpx.AsyncClient, httpx.AsyncClient], tenant: Tenant, path: str
) -> None:
    caller, at, body = callers[0], place(path, tenant.tenant_id), COUNTED[path][0]
    versions = []
    for changes in (2, 1, 3):
        for _ in range(changes):
            answer = await caller.put(at, json=body)
            assert answer.is_success, answer.text
            versions.append(answer.json()["version"])
        assert (await caller.delete(at)).status_code == 204
    assert versions == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("path", ["/budgets/{scope}/{scope_id}/{period}", "/secrets/{secret_name}"])
async def test_no_version_is_given_twice_while_several_make_and_delete(
    callers: tuple[httpx.AsyncClient, httpx.AsyncClient], tenant: Tenant, path: str
) -> None:
    caller, at, body = callers[0], place(path, tenant.tenant_id), COUNTED[path][0]
    answers = await asyncio.gather(
        *(caller.delete(at) if number % 3 == 0 else caller.put(at, json=body) for number in range(60))
    )
    put = [answer.json()["version"] for number, answer in enumerate(answers) if number % 3 != 0]
    assert {answer.status_code for answer in answers} <= {200, 201, 204, 404}
    assert sorted(put) == list(range(1, 41))
    assert sum(answer.status_code == 201 for answer in answers) <= 1 + sum(one.status_code == 204 for one in answers)


async def test_what_is_made_again_is_told_as_made(
    callers: tuple[httpx.AsyncClient, httpx.AsyncClient], tenant: Tenant
) -> None:
    for path in ("/budgets/{scope}/{scope_id}/{period}", "/secrets/{secret_name}"):
        caller, at, body = callers[0], place(path, tenant.tenant_id), COUNTED[path][0]
        statuses = [(await caller.put(at, json=body)).status_code for _ in range(2)]
        assert (await caller.delete(at)).status_code == 204
        assert [*statuses, (await caller.put(at, json=body)).status_code] == [201, 200, 201]
