"""A caller learns from the API what each tool takes, gives and costs, and which of them its tenant can use."""

from datetime import UTC, datetime
from typing import Any

import httpx
import jsonschema
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from foundation.contracts.presence import WorkerPresence, WorkerStatus
from foundation.contracts.tools.calls.runtime_lacks import RuntimeLacks
from foundation.contracts.tools.catalogue import TOOLS

NO_HOST = "the tenant's egress policy allows no host; PUT /api/v1/egress-policy names some"


async def listed(client: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    answer = await client.get("/tools")
    assert answer.status_code == 200, answer.text
    return {tool["name"]: tool for tool in answer.json()["items"]}


@pytest.mark.parametrize("role", ["owner", "viewer"])
async def test_every_member_sees_every_tool_with_schemas_that_are_valid(
    lonely_api: ApiInProcess, tenant: Tenant, role: str
) -> None:
    async with lonely_api.caller(tenant, role=role) as client:
        tools = await listed(client)
        assert list(tools) == sorted(TOOLS)
        for name, tool in tools.items():
            jsonschema.Draft202012Validator.check_schema(tool["arguments"])
            jsonschema.Draft202012Validator.check_schema(tool["result"])
            assert (await client.get(f"/tools/{name}")).json() == tool


async def test_a_tool_is_told_with_its_effect_its_cost_and_its_limits(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as client:
        tool = (await client.get("/tools/http")).json()
    assert tool["effect"] == {"default": "once", "depends_on_call": True}
    assert (tool["cost"], tool["profile"], tool["needs_egress"], tool["usable"]) == ("light", "python", True, True)
    assert tool["limits"] == {
        "default_timeout_seconds": 60,
        "max_timeout_seconds": 3600,
        "memory_mb": 2048,
        "processes": 128,
        "output_bytes": 67_108_864,
        "artifact_count": 100,
        "artifact_bytes": 67_108_864,
    }
    jsonschema.validate({"method": "GET", "url": "https://a.example/"}, tool["arguments"])


async def test_a_tool_that_takes_longer_says_so(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as client:
        tool = (await client.get("/tools/code_agent")).json()
    seconds = tool["limits"]["default_timeout_seconds"]
    assert seconds == tool["arguments"]["properties"]["timeout_seconds"]["default"] == 900


async def test_a_tool_that_a_policy_leaves_nothing_to_do_says_so(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as client:
        await client.put("/egress-policy", json={"hosts": []})
        closed = await listed(client)
        assert (closed["http"]["usable"], closed["http"]["unusable_reason"]) == (False, NO_HOST)
        assert (closed["code.python"]["usable"], closed["code.python"]["unusable_reason"]) == (True, None)
        await client.delete("/egress-policy")
        assert (await listed(client))["http"]["usable"]


def a_worker(name: str, **lacks: Any) -> WorkerPresence:
    now = datetime.now(UTC)
    told = RuntimeLacks(**lacks)
    return WorkerPresence(
        id=name, status=WorkerStatus.WORKING, since=now, seen_at=now, concurrency=1, running={}, lacks=told
    )


async def test_what_no_tool_runtime_can_run_is_told_with_its_reason(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    presence = lonely_api.app.state.resources.presence
    both = {"claude_code": "it is not installed", "codex": "nor is this"}
    async with lonely_api.caller(tenant) as client:
        await presence.show(a_worker("a", sandboxes={"browser": "no Chromium"}, agents=both), seconds=60)
        tools = await listed(client)
        assert (tools["browser"]["usable"], tools["browser"]["unusable_reason"]) == (False, "no Chromium")
        agent = tools["code_agent"]
        assert (agent["usable"], agent["unusable_reason"]) == (False, "it is not installed; nor is this")
        assert tools["http"]["usable"]
        assert tools["http"]["unusable_agents"] == {}
        # Another worker's runtime has the browser and one of the agents.
        await presence.show(a_worker("b", agents={"codex": "nor here"}), seconds=60)
        tools = await listed(client)
        assert tools["browser"]["usable"]
        assert (tools["code_agent"]["usable"], tools["code_agent"]["unusable_agents"]) == (
            True,
            {"codex": "nor is this"},
        )
        assert (await client.get("/tools/code_agent")).json() == tools["code_agent"]
        presence.away = True
        assert (await client.get("/tools/code_agent")).json()["unusable_agents"] == {}


async def test_a_tool_that_there_is_not_is_refused_with_the_names_of_those_that_there_are(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    async with lonely_api.caller(tenant) as client:
        refused = problem(await client.get("/tools/code.cobol"), 404, "not_found")
    known = ", ".join(sorted(TOOLS))
    assert refused["remedy"] == f"the tools are {known}, and those of your tenant's sources: GET /api/v1/tool-sources"


async def test_a_task_with_a_call_that_can_only_be_refused_is_made_and_says_so(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    call = {"method": "GET", "url": "https://away.example.com/x"}
    task = {"name": "reader", "steps": [{"name": "read", "kind": "tool", "tool": "http", "arguments": call}]}
    async with lonely_api.caller(tenant) as client:
        made = await client.post("/tasks", json=task)
    assert made.status_code == 201, made.text
    warnings = {one["pointer"]: one["detail"] for one in made.json()["warnings"]}
    assert "does not name away.example.com" in warnings["/steps/0/arguments/url"]
