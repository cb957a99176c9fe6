"""Between a run's start and its opening it has no steps: changes are told to wait, reads find nothing yet."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant

STEPS: list[dict[str, Any]] = [
    {"name": "draft", "kind": "agent", "model": "default", "instructions": "Write."},
    {"name": "each", "kind": "noop", "foreach": "${input.list}", "needs": ["draft"]},
]
CHANGES: dict[str, tuple[str, str, dict[str, Any] | None]] = {
    "fork": ("POST", "fork", {"from": "{name}"}),
    "outcome": ("POST", "steps/{name}/outcome", {"decision": "retry"}),
    "delete a checkpoint": ("DELETE", "steps/{name}/checkpoints/1", None),
}
READS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "checkpoints": ("GET", "steps/{name}/checkpoints", {"items": []}),
    "items": ("GET", "steps/{name}/items", {"items": []}),
    "verify": ("POST", "steps/{name}/checkpoints/verify", {"ok": True, "checkpoints": 0, "parts": 0, "faults": []}),
}


async def pending(api: httpx.AsyncClient) -> str:
    """A run that nobody opens, as there is no Step Functions here."""
    task = await api.post("/tasks", json={"name": f"task {uuid4()}", "steps": STEPS})
    run = await api.post("/runs", json={"task_id": task.raise_for_status().json()["id"], "input": {"list": [1]}})
    assert run.raise_for_status().json()["status"] == "PENDING"
    return str(run.json()["id"])


async def call(
    api: httpx.AsyncClient, run_id: str, method: str, path: str, body: dict[str, Any] | None, *, name: str
) -> httpx.Response:
    if body is not None:
        body = {key: value.format(name=name) for key, value in body.items()}
    return await api.request(method, f"/runs/{run_id}/{path.format(name=name)}", json=body)


@pytest.mark.parametrize("name", ["draft", "each"])
async def test_a_change_is_told_what_to_wait_for_and_when_to_ask_again(
    lonely_api: ApiInProcess, tenant: Tenant, name: str
) -> None:
    async with lonely_api.caller(tenant) as owner:
        run_id = await pending(owner)
        for method, path, body in CHANGES.values():
            answer = await call(owner, run_id, method, path, body, name=name)
            told = problem(answer, 409, "step_not_there_yet")
            assert (told["retryable"], answer.headers["retry-after"]) == (True, "2")
            assert "RUNNING" in told["remedy"]


async def test_a_read_finds_nothing_yet(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as owner:
        run_id = await pending(owner)
        for method, path, expected in READS.values():
            answer = await call(owner, run_id, method, path, None, name="each")
            assert answer.status_code == 200, answer.text
            assert {key: answer.json()[key] for key in expected} == expected
        problem(await owner.get(f"/runs/{run_id}/steps/draft/checkpoints/1"), 404, "not_found")
        assert (await owner.get(f"/runs/{run_id}/steps")).json()["items"] == []
        same = await owner.get(f"/runs/{run_id}/diff/{await pending(owner)}")
        assert (same.status_code, same.json()["steps"]) == (200, [])


async def test_a_name_that_the_task_does_not_have_is_not_found_and_told_those_that_it_has(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    async with lonely_api.caller(tenant) as owner:
        run_id = await pending(owner)
        for method, path, body in [*CHANGES.values(), *((method, path, None) for method, path, _ in READS.values())]:
            told = problem(await call(owner, run_id, method, path, body, name="nobody"), 404, "not_found")
            assert told["detail"] == "the run has no step 'nobody'; its steps are draft, each"
        refused = await owner.post(f"/runs/{run_id}/fork", json={"from": "nobody"})
        assert problem(refused, 404, "not_found", pointer="/body/from")


async def test_what_ended_before_it_was_opened_begins_anew_or_not_at_all(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    async with lonely_api.caller(tenant) as owner:
        run_id = await pending(owner)
        ended = await owner.delete(f"/runs/{run_id}")
        assert ended.json()["status"] == "CANCELLED"
        for body in ({"from": ["draft"]}, {"from": ["draft", "nobody"]}):
            answer = await owner.post(f"/runs/{run_id}/retry", json=body)
            if "nobody" in body["from"]:
                problem(answer, 404, "not_found", pointer="/body/from/1")
            else:
                assert not problem(answer, 409, "conflict")["retryable"]
        problem(await owner.post(f"/runs/{run_id}/fork", json={"from": "draft"}), 409, "conflict")
        assert (await owner.get(f"/runs/{run_id}/steps/draft/checkpoints")).json()["items"] == []
        again = await owner.post(f"/runs/{run_id}/retry", json={})
        assert (again.status_code, again.json()["status"]) == (200, "PENDING")
