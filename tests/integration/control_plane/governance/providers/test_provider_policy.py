"""Allowed providers: decided at the gateway's door, told when a task is made and in estimates, bounded by operators."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.eventually import eventually
from fixtures.gateways.gateway import Tenant

CALL: dict[str, Any] = {"model": "default", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 20}
ELSEWHERE = {"providers": ["elsewhere"], "regions": None}


def a_definition(model: str = "default") -> dict[str, Any]:
    return {
        "name": f"task-{uuid4().hex[:12]}",
        "steps": [
            {"name": "count", "kind": "noop"},
            {"name": "tell", "kind": "llm", "prompt": "Say it.", "model": model},
            {
                "name": "crew",
                "kind": "crew",
                "agents": [{"name": "counter", "role": "Counter", "goal": "Count.", "model": model}],
                "tasks": [{"name": "one", "description": "Count.", "expected_output": "A number.", "agent": "counter"}],
            },
        ],
    }


async def test_calls_go_to_allowed_providers_alone_soon_after_the_policy_was_set(
    api: ApiInProcess, tenant: Tenant, models: httpx.AsyncClient
) -> None:
    async def called() -> httpx.Response:
        return await models.post("/v1/chat/completions", json=CALL)

    async def refused() -> bool:
        return (await called()).status_code == 403

    async def served() -> bool:
        return (await called()).status_code == 200

    async def listed() -> list[str]:
        return [one["id"] for one in (await models.get("/v1/models")).json()["data"]]

    assert await served()
    assert "default" in await listed()
    async with api.caller(tenant) as owner, api.operator() as operator:
        assert (await owner.put("/provider-policy", json=ELSEWHERE)).json() == ELSEWHERE
        await eventually(refused)
        error = (await called()).json()["error"]
        assert error["code"] == "provider_not_allowed"
        assert "the tenant's provider policy allows the providers elsewhere in every region" in error["message"]
        assert await listed() == []
        await owner.put("/provider-policy", json={"providers": ["simulated", "elsewhere"]})
        await eventually(served)
        await operator.put(f"/tenants/{tenant.tenant_id}/bounds", json={"providers": {"regions": ["eu"]}})
        await eventually(refused)
        assert "the operator's bounds allow every provider in the regions eu" in (await called()).text
        await operator.delete(f"/tenants/{tenant.tenant_id}/bounds")
        await owner.delete("/provider-policy")
        await eventually(served)


async def test_a_task_whose_model_no_allowed_provider_serves_is_refused_at_each_place(
    api: ApiInProcess, tenant: Tenant
) -> None:
    async with api.caller(tenant) as owner:
        task = await owner.post("/tasks", json=a_definition())
        assert task.status_code == 201, task.text
        await owner.put("/provider-policy", json=ELSEWHERE)
        for refused in (
            await owner.post("/tasks", json=a_definition()),
            await owner.patch(f"/tasks/{task.json()['id']}", json=a_definition(), headers={"If-Match": '"1"'}),
        ):
            body = problem(refused, 422, "invalid_definition")
            assert [fault["pointer"] for fault in body["errors"]] == ["/steps/1/model", "/steps/2/agents/0/model"]
            assert "allows the providers elsewhere" in body["errors"][0]["detail"]
        coding = {"agent": "codex", "instructions": "Mend it.", "model": "default"}
        step = {"name": "mend", "kind": "tool", "tool": "code_agent", "arguments": coding}
        refused = await owner.post("/tasks", json={"name": f"task-{uuid4().hex[:12]}", "steps": [step]})
        body = problem(refused, 422, "invalid_definition", pointer="/steps/0/arguments/model")
        only_the_run_knows = await owner.post("/tasks", json=a_definition("${input.model}"))
        assert only_the_run_knows.status_code == 201
        estimate = (await owner.post(f"/tasks/{task.json()['id']}/estimate", json={"input": {}})).json()
        assert "allows the providers elsewhere" in str(estimate)
        await owner.put("/provider-policy", json={"providers": ["simulated"]})
        assert (await owner.post("/tasks", json=a_definition())).status_code == 201


async def test_a_task_can_be_made_while_the_gateway_is_away(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as owner:
        await owner.put("/provider-policy", json=ELSEWHERE)
        assert (await owner.post("/tasks", json=a_definition())).status_code == 201


async def test_an_owner_names_only_what_the_operator_allows(
    lonely_api: ApiInProcess, tenant: Tenant, audited: Any
) -> None:
    path = f"/tenants/{tenant.tenant_id}/bounds"
    bounds = {"providers": {"providers": ["a", "b"], "regions": ["eu"]}}
    async with lonely_api.operator() as operator, lonely_api.caller(tenant) as owner:
        assert (await owner.get("/provider-policy")).json() == {"providers": None, "regions": None}
        assert (await operator.put(path, json=bounds)).json() == bounds
        refused = await owner.put("/provider-policy", json={"providers": ["a", "c"]})
        problem(refused, 400, "bad_request", pointer="/body/providers/1")
        refused = await owner.put("/provider-policy", json={"regions": ["us"]})
        problem(refused, 400, "bad_request", pointer="/body/regions/0")
        allowed = await owner.put("/provider-policy", json={"providers": ["b"]})
        assert (allowed.status_code, allowed.json()) == (200, {"providers": ["b"], "regions": None})
        async with lonely_api.caller(tenant, role="admin") as admin:
            problem(await admin.put("/provider-policy", json={}), 403, "forbidden")
            assert (await admin.get("/provider-policy")).json()["providers"] == ["b"]
        for _ in range(2):
            assert (await owner.delete("/provider-policy")).status_code == 204
    assert [action for _, action, _, _ in audited()] == [
        "tenant.bounds", "provider_policy.put", "provider_policy.delete",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"providers": ["a", "a"]}, "/body/providers"),
        ({"providers": ["A b"]}, "/body/providers/0"),
        ({"models": ["a"]}, "/body/models"),
    ],
)
async def test_a_policy_that_means_nothing_is_refused_with_its_place(
    lonely_api: ApiInProcess, tenant: Tenant, body: dict[str, Any], pointer: str
) -> None:
    async with lonely_api.caller(tenant) as owner:
        problem(await owner.put("/provider-policy", json=body), 400, "bad_request", pointer=pointer)


async def test_a_model_that_nobody_serves_is_warned_of_at_each_place_and_the_task_is_made(
    api: ApiInProcess, tenant: Tenant
) -> None:
    agent = {"agent": "codex", "instructions": "Mend it.", "model": "no-such-model"}
    coding = {"name": "code", "kind": "tool", "tool": "code_agent", "arguments": agent}
    computed = {**coding, "name": "later", "arguments": {**agent, "model": "${input.model}"}}
    async with api.caller(tenant) as owner:
        known = await owner.post("/tasks", json=a_definition())
        assert (known.status_code, known.json()["warnings"]) == (201, []), known.text
        definition = a_definition("no-such-model")
        definition["steps"] += [coding, computed]
        made = await owner.post("/tasks", json=definition)
    assert made.status_code == 201, made.text
    warnings = {one["pointer"]: one["detail"] for one in made.json()["warnings"]}
    places = ["/steps/1/model", "/steps/2/agents/0/model", "/steps/3/arguments/model"]
    assert sorted(warnings) == places
    assert all("no-such-model" in detail for detail in warnings.values())
