"""Lists in the order that is asked for: whole, and without a repeat while rows are added."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant

STEPS = [{"name": "a", "kind": "noop"}]


async def a_task(owner: httpx.AsyncClient, name: str) -> str:
    answer = await owner.post("/tasks", json={"name": name, "steps": STEPS})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def a_run(owner: httpx.AsyncClient, task: str) -> str:
    answer = await owner.post("/runs", json={"task_id": task})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def listed(owner: httpx.AsyncClient, path: str, between: Any = None, **query: Any) -> list[str]:
    """The ids of all pages of two, with something done between each two of them."""
    found: list[str] = []
    while True:
        page = (await owner.get(path, params={"limit": 2, **query})).json()
        found += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            return found
        query["cursor"] = page["next_cursor"]
        if between is not None:
            await between()


async def test_runs_come_in_either_order_while_more_are_started(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as owner:
        task = await a_task(owner, "count")
        begun = [await a_run(owner, task) for _ in range(5)]
        later: list[str] = []

        async def one_more() -> None:
            if len(later) < 2:
                later.append(await a_run(owner, task))

        assert await listed(owner, "/runs", one_more, sort="-created_at") == begun[::-1]
        assert await listed(owner, "/runs") == [*begun, *later][::-1]
        known = [*begun, *later]
        later.clear()
        assert await listed(owner, "/runs", one_more, sort="created_at") == [*known, *later]
        assert await listed(owner, "/runs", sort="created_at", task_id=task, status="PENDING") == [*known, *later]


async def test_tasks_come_by_age_or_name(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as owner:
        ids = {name: await a_task(owner, name) for name in ("pear", "apple", "fig", "date", "plum")}
        assert await listed(owner, "/tasks", sort="created_at") == list(ids.values())
        assert await listed(owner, "/tasks", sort="-created_at") == list(ids.values())[::-1]
        by_name = [ids[name] for name in sorted(ids)]
        assert await listed(owner, "/tasks", sort="name") == by_name
        assert await listed(owner, "/tasks", sort="-name") == by_name[::-1]
        assert await listed(owner, "/tasks", sort="name", name="fig") == [ids["fig"]]


@pytest.mark.parametrize(
    ("path", "first", "other"), [("/runs", "-created_at", "created_at"), ("/tasks", "name", "-name")]
)
async def test_an_order_is_one_of_a_few_and_a_cursor_is_good_for_its_own(
    lonely_api: ApiInProcess, tenant: Tenant, path: str, first: str, other: str
) -> None:
    async with lonely_api.caller(tenant) as owner:
        task = await a_task(owner, f"t-{uuid4().hex[:8]}")
        await a_task(owner, f"t-{uuid4().hex[:8]}")
        for _ in range(2):
            await a_run(owner, task)
        cursor = (await owner.get(path, params={"limit": 1, "sort": first})).json()["next_cursor"]
        problem(await owner.get(path, params={"sort": other, "cursor": cursor}), 400, "invalid_cursor")
        for wrong in ("cost", "created_at DESC", ""):
            problem(await owner.get(path, params={"sort": wrong}), 400, "bad_request", pointer="/query/sort")
