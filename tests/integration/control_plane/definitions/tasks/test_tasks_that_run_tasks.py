"""A task that runs others is refused where one of them is not there, or would run it again."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.gateways.gateway import Tenant


def a_name() -> str:
    return f"task-{uuid4().hex[:12]}"


def definition(name: str, *tasks: str) -> dict[str, Any]:
    steps = [{"name": f"s{place}", "kind": "run", "task": task} for place, task in enumerate(tasks)]
    return {"name": name, "steps": [{"name": "begin", "kind": "noop"}, *steps]}


async def made(caller: httpx.AsyncClient, name: str, *tasks: str) -> str:
    answer = await caller.post("/tasks", json=definition(name, *tasks))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def faults(answer: httpx.Response) -> list[tuple[str, str]]:
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:lockstep:problem:invalid_definition")
    return [(fault["pointer"], fault["detail"]) for fault in answer.json()["errors"]]


async def test_a_task_is_named_by_its_name_or_by_its_id(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as caller:
        inner = a_name()
        task_id = await made(caller, inner)
        await made(caller, a_name(), inner, task_id)


async def test_a_task_that_is_not_there_or_not_any_more_is_refused_with_its_place(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    async with lonely_api.caller(tenant) as caller:
        gone = a_name()
        task_id = await made(caller, gone)
        await caller.delete(f"/tasks/{task_id}")
        found = faults(await caller.post("/tasks", json=definition(a_name(), "nobody", gone, task_id)))
    assert [pointer for pointer, _ in found] == [f"/steps/{place}/task" for place in (1, 2, 3)]
    assert "no live task is named 'nobody'" in found[0][1]


async def test_a_neighbours_task_is_not_there(lonely_api: ApiInProcess, tenant: Tenant, scratch: Any) -> None:
    neighbour = Tenant().create(scratch)
    async with lonely_api.caller(neighbour) as caller:
        task_id = await made(caller, a_name())
    async with lonely_api.caller(tenant) as caller:
        assert len(faults(await caller.post("/tasks", json=definition(a_name(), task_id)))) == 1


async def test_of_two_tasks_that_name_each_other_at_once_one_is_refused(
    lonely_api: ApiInProcess, tenant: Tenant
) -> None:
    async with lonely_api.caller(tenant) as caller:
        for _ in range(6):
            names = [a_name(), a_name()]
            ids = [await made(caller, name) for name in names]
            answers = await asyncio.gather(
                *(
                    caller.patch(f"/tasks/{task_id}", json=definition(own, other), headers={"if-match": '"1"'})
                    for task_id, own, other in zip(ids, names, reversed(names), strict=True)
                )
            )
            assert sorted(answer.status_code for answer in answers) == [200, 422]


async def test_a_task_that_would_run_itself_is_refused(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as caller:
        name = a_name()
        found = faults(await caller.post("/tasks", json=definition(name, name)))
    assert found == [("/steps/1/task", "the task would run itself, and again in that run")]


@pytest.mark.parametrize("by", ["name", "id"])
async def test_a_task_that_would_run_itself_through_others_is_refused_with_the_way(
    lonely_api: ApiInProcess, tenant: Tenant, by: str
) -> None:
    async with lonely_api.caller(tenant) as caller:
        outer, middle, inner = a_name(), a_name(), a_name()
        task_id = await made(caller, inner)
        reference = inner if by == "name" else task_id
        await made(caller, middle, reference)
        await made(caller, outer, middle)
        answer = await caller.patch(f"/tasks/{task_id}", json=definition(inner, outer), headers={"If-Match": '"1"'})
        found = faults(answer)
    assert found == [("/steps/1/task", f"the task would run itself: {inner} -> {outer} -> {middle} -> {inner}")]


async def test_nine_tasks_stand_below_each_other_and_no_more(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as caller:
        name = a_name()
        await made(caller, name)
        for _ in range(8):
            below, name = name, a_name()
            await made(caller, name, below)
        [(pointer, detail)] = faults(await caller.post("/tasks", json=definition(a_name(), name)))
    assert pointer == "/steps/1/task"
    assert detail.startswith("at most 8 tasks can start each other in a row")


async def test_what_is_no_task_and_no_input_is_refused_with_its_place(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    step = {"name": "below", "kind": "run", "task": "${input.task}", "input": "just text"}
    async with lonely_api.caller(tenant) as caller:
        found = faults(await caller.post("/tasks", json={"name": a_name(), "steps": [step]}))
        unknown = await caller.post("/tasks", json={"name": a_name(), "steps": [{**step, "tasks": []}]})
    assert [pointer for pointer, _ in found] == ["/steps/0/task", "/steps/0/input"]
    assert unknown.status_code == 422
