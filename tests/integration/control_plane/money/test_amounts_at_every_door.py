"""Dollars are taken in plain decimal notation, whichever door they come through."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.gateways.gateway import Tenant

NOOP = {"name": "only", "kind": "noop"}


def doors(tenant: Tenant, task_id: str, run_id: str) -> dict[str, tuple[str, str, dict[str, Any], str]]:
    """Each with its method, path, the body around `AMOUNT`, and the place of the amount in it."""
    budget = {"cost_usd": "AMOUNT"}
    task = {"name": f"task {uuid4()}", "steps": [NOOP]}
    away = {"policy": "bounded_local", "tokens": 1, "usd": "AMOUNT"}
    of_step = {"name": f"task {uuid4()}", "steps": [{**NOOP, "budget": budget}]}
    return {
        "a task": ("POST", "/tasks", {**task, "budget": budget}, "/budget/cost_usd"),
        "a step": ("POST", "/tasks", of_step, "/steps/0/budget/cost_usd"),
        "a run": ("POST", "/runs", {"task_id": task_id, "budget": budget}, "/body/budget/cost_usd"),
        "a retry": ("POST", f"/runs/{run_id}/retry", {"budget": budget}, "/body/budget/cost_usd"),
        "a fork": ("POST", f"/runs/{run_id}/fork", {"from": "only", "budget": budget}, "/body/budget/cost_usd"),
        "an estimate": ("POST", f"/tasks/{task_id}/estimate", {"budget": budget}, "/body/budget/cost_usd"),
        "a budget": ("PUT", f"/budgets/tenant/{tenant.tenant_id}/day", budget, "/body/cost_usd"),
        "an allowance": ("PUT", "/budget-policy", {"redis_away": away}, "/body/redis_away/usd"),
    }


def filled(body: Any, amount: str) -> Any:
    if isinstance(body, dict):
        return {name: filled(value, amount) for name, value in body.items()}
    if isinstance(body, list):
        return [filled(value, amount) for value in body]
    return amount if body == "AMOUNT" else body


async def a_task_and_a_run(owner: httpx.AsyncClient) -> tuple[str, str]:
    task = await owner.post("/tasks", json={"name": f"task {uuid4()}", "steps": [NOOP]})
    run = await owner.post("/runs", json={"task_id": task.raise_for_status().json()["id"]})
    return task.json()["id"], run.raise_for_status().json()["id"]


@pytest.mark.parametrize("amount", ["1e3", "+1", " 1", ".5", "1.", "1_0", "0.0000000001"])
async def test_an_amount_in_another_notation_is_refused_with_its_place(
    lonely_api: ApiInProcess, tenant: Tenant, amount: str
) -> None:
    async with lonely_api.caller(tenant) as owner:
        for door, (method, path, body, place) in doors(tenant, *await a_task_and_a_run(owner)).items():
            answer = await owner.request(method, path, json=filled(body, amount))
            assert answer.status_code in {400, 422}, (door, answer.text)
            [fault] = answer.json()["errors"]
            assert fault["pointer"] == place, door
            assert "write digits, and at most nine behind a point" in fault["detail"], door


async def test_an_amount_in_plain_notation_is_taken(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as owner:
        for door, (method, path, body, _) in doors(tenant, *await a_task_and_a_run(owner)).items():
            answer = await owner.request(method, path, json=filled(body, "0012.500000001"))
            errors = [fault["detail"] for fault in answer.json().get("errors", [])]
            assert not [one for one in errors if "amount" in one], (door, answer.text)
