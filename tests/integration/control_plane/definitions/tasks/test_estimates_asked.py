"""An estimate is asked by whoever may run, refused as a run is, and writes nothing."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from foundation.domain.ids import new_uuid

ASK = {"name": "ask", "kind": "llm", "prompt": "How many ${input.of}?"}
NOOP = {"name": "nothing", "kind": "noop"}

NO_MODEL = "there is no model 'nobody'; GET /v1/models of the gateway lists the models"


async def made(caller: httpx.AsyncClient, *steps: dict[str, Any], **task: Any) -> str:
    answer = await caller.post("/tasks", json={"name": f"task-{uuid4().hex[:12]}", "steps": list(steps), **task})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def estimate(caller: httpx.AsyncClient, task_id: str, **body: Any) -> dict[str, Any]:
    answer = await caller.post(f"/tasks/{task_id}/estimate", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_the_gateway_says_what_calls_cost(api: ApiInProcess, tenant: Tenant) -> None:
    async with api.caller(tenant) as caller:
        task_id = await made(caller, ASK)
        short = await estimate(caller, task_id, input={"of": "penguins"})
        any_input = await estimate(caller, task_id)
    assert (short["turns"], short["seconds"]["most"]) == ({"least": 1, "most": 5, "smooth": 1}, 1800)
    assert 1024 < short["tokens"]["smooth"] < 1024 + 200
    assert 0 < float(short["cost_usd"]["least"]) < float(short["cost_usd"]["smooth"]) < float(short["cost_usd"]["most"])
    assert any_input["tokens"]["most"] > 1000 * short["tokens"]["most"]
    assert (short["loose"], [one["step"] for one in any_input["loose"]]) == ([], ["ask"])
    assert [step["name"] for step in short["steps"]] == ["ask"]


async def test_a_budget_bounds_what_is_asked_unless_the_tenant_lets_calls_pass_it(
    api: ApiInProcess, tenant: Tenant
) -> None:
    async with api.caller(tenant) as caller:
        task_id = await made(caller, ASK, budget={"tokens": 50, "cost_usd": "1"})
        own = await estimate(caller, task_id)
        asked = await estimate(caller, task_id, budget={"tokens": 7})
        for policy in ({"bounds": {"mode": "estimate"}}, {"redis_away": {"policy": "open"}}):
            (await caller.put("/budget-policy", json=policy)).raise_for_status()
            passed = await estimate(caller, task_id)
            assert (passed["budgets_hold"], passed["tokens"]["most"] > 50) == (False, True)
    assert (own["budgets_hold"], own["tokens"]["most"], own["budget"]) == (True, 50, {"tokens": 50, "cost_usd": "1"})
    assert (asked["tokens"]["most"], asked["budget"]) == (7, {"tokens": 7, "cost_usd": "1"})


async def test_a_model_that_nobody_serves_is_told(api: ApiInProcess, tenant: Tenant) -> None:
    async with api.caller(tenant) as caller:
        told = await estimate(caller, await made(caller, {**ASK, "model": "nobody"}))
    assert told["would_fail"] == [{"step": "ask", "reason": NO_MODEL}]
    assert told["cost_usd"]["most"] == "0"


async def test_without_a_gateway_only_what_asks_no_model_is_estimated(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as caller:
        assert (await estimate(caller, await made(caller, NOOP)))["cost_usd"]["most"] == "0"
        refused = await caller.post(f"/tasks/{await made(caller, ASK)}/estimate", json={})
    assert (refused.status_code, refused.json()["retryable"]) == (503, True)


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("member", 200), ("viewer", 403)])
async def test_who_may_run_may_ask(lonely_api: ApiInProcess, tenant: Tenant, role: str, status: int) -> None:
    async with lonely_api.caller(tenant) as owner:
        task_id = await made(owner, NOOP)
    async with lonely_api.caller(tenant, role=role) as caller:
        assert (await caller.post(f"/tasks/{task_id}/estimate", json={})).status_code == status


BAD = [
    {"input": []},
    {"input": None},
    {"input": {"a": "\u0000"}},
    {"budget": {"cost_usd": 1}},
    {"budget": {"tokens": -1}},
    {"task_version": 0},
    {"task_version": "1"},
    {"inputs": {}},
]


@pytest.mark.parametrize("body", BAD, ids=str)
async def test_what_a_run_is_refused_for_is_refused_in_the_same_words(
    lonely_api: ApiInProcess, tenant: Tenant, body: dict[str, Any]
) -> None:
    async with lonely_api.caller(tenant) as caller:
        task_id = await made(caller, NOOP)
        run = await caller.post("/runs", json={"task_id": task_id, **body})
        told = await caller.post(f"/tasks/{task_id}/estimate", json=body)
    own = {"instance", "trace_id"}
    assert told.status_code == run.status_code == 400
    assert {k: v for k, v in told.json().items() if k not in own} == {
        k: v for k, v in run.json().items() if k not in own
    }


async def test_a_task_of_which_no_run_can_be_started_has_no_estimate(
    lonely_api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    async def answers(caller: httpx.AsyncClient, task_id: str, **body: Any) -> list[tuple[int, str, str]]:
        both = [
            await caller.post("/runs", json={"task_id": task_id, **body}),
            await caller.post(f"/tasks/{task_id}/estimate", json=body),
        ]
        return [(one.status_code, one.json()["detail"], one.json()["remedy"]) for one in both]

    async with lonely_api.caller(tenant) as caller:
        task_id = await made(caller, NOOP)
        archived = await made(caller, NOOP)
        await caller.delete(f"/tasks/{archived}")
        told = [
            await answers(caller, str(new_uuid())),
            await answers(caller, task_id, task_version=2),
            await answers(caller, archived),
        ]
    async with lonely_api.caller(Tenant().create(scratch)) as neighbour:
        told.append(await answers(neighbour, task_id))
    assert [pair[0] for pair in told] == [pair[1] for pair in told]
    assert [pair[0][0] for pair in told] == [404, 404, 409, 404]


async def test_nothing_is_written(api: ApiInProcess, tenant: Tenant, audited: Any) -> None:
    async with api.caller(tenant) as caller:
        task_id = await made(caller, ASK)
        before = audited()
        await estimate(caller, task_id, input={"of": "all"})
        assert (await caller.get("/runs")).json()["items"] == []
    assert audited() == before
