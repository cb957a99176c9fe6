"""A cursor is good for the list that gave it, for whom it was given, with the filters of then; any other is refused."""

import base64
import json
from typing import Any
from uuid import uuid4

import httpx

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.operations import Operation, operations_of
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase

STEPS = [{"name": name, "kind": "noop"} for name in ("a", "b", "c")]
ASKED = {"/api/v1/usage": {"group_by": "model"}, "/api/v1/operations/usage": {"group_by": "model"}}
MANY = 30


def lists_of(api: ApiInProcess) -> list[Operation]:
    return [one for one in operations_of(api.app) if any(of["name"] == "cursor" for of in one.parameters)]


def unsealed(*document: Any) -> str:
    """A cursor as anybody could write it."""
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")


async def refused_by(client: httpx.AsyncClient, operation: Operation, cursor: str) -> httpx.Response:
    path = operation.path_with(str(uuid4()))
    return await client.get(f"http://test{path}", params={**ASKED.get(operation.path, {}), "cursor": cursor})


async def test_every_list_refuses_a_cursor_that_was_made_elsewhere(api: ApiInProcess, tenant: Tenant) -> None:
    async with api.caller(tenant) as owner, api.operator() as operator:
        await a_task(owner)
        await a_task(owner)
        of_tasks = await first(owner, "/tasks")
        places = [
            unsealed("tasks by -created_at", "2026-01-01T00:00:00+00:00", str(uuid4())),
            unsealed("runs by -created_at", "2026-01-01T00:00:00+00:00", str(uuid4())),
            f"{of_tasks[:-1]}{'A' if of_tasks[-1] != 'A' else 'B'}",
        ]
        walked = 0
        for operation in lists_of(api):
            others = [] if operation.path == "/api/v1/tasks" else [of_tasks]
            for cursor in (*places, *others):
                answer = await refused_by(owner, operation, cursor)
                if answer.status_code == 403:
                    answer = await refused_by(operator, operation, cursor)
                problem(answer, 400, "invalid_cursor")
            walked += 1
        assert walked >= MANY


async def test_a_cursor_leads_on_in_its_own_list_alone(
    api: ApiInProcess, tenant: Tenant, scratch: ScratchDatabase
) -> None:
    neighbour = Tenant().create(scratch)
    async with api.caller(tenant) as owner, api.caller(neighbour) as other:
        task = await a_task(owner)
        await a_task(owner)
        for _ in range(2):
            await a_run(owner, task)

        of_tasks = await first(owner, "/tasks")
        problem(await other.get("/tasks", params={"cursor": of_tasks}), 400, "invalid_cursor")

        of_status = await first(owner, "/runs", status="PENDING")
        for query in ({}, {"status": "RUNNING"}, {"status": "PENDING", "task_id": task}, {"sort": "created_at"}):
            answer = await owner.get("/runs", params={**query, "cursor": of_status})
            problem(answer, 400, "invalid_cursor")

        other_task = await a_task(owner)
        for each in (task, other_task):
            changed = {"name": f"t-{uuid4().hex[:8]}", "steps": STEPS[:1]}
            answer = await owner.patch(f"/tasks/{each}", json=changed, headers={"if-match": '"1"'})
            assert answer.is_success, answer.text
        of_versions = await first(owner, f"/tasks/{task}/versions")
        answer = await owner.get(f"/tasks/{other_task}/versions", params={"cursor": of_versions})
        problem(answer, 400, "invalid_cursor")

        answer = await owner.get("/runs", params={"status": "PENDING", "cursor": of_status, "limit": 5, "fields": "id"})
        assert answer.status_code == 200, answer.text


async def a_task(owner: httpx.AsyncClient) -> str:
    answer = await owner.post("/tasks", json={"name": f"t-{uuid4().hex[:8]}", "steps": STEPS})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def a_run(owner: httpx.AsyncClient, task: str) -> str:
    answer = await owner.post("/runs", json={"task_id": task})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def first(owner: httpx.AsyncClient, path: str, **query: Any) -> str:
    """The cursor of a list's first page, which has one row."""
    answer = await owner.get(path, params={"limit": 1, **query})
    assert answer.json()["next_cursor"], answer.text
    return str(answer.json()["next_cursor"])
