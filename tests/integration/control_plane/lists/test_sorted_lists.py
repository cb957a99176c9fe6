"""Lists in the order that is asked for: whole, without a repeat while rows are added, and each read from an index."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
from psycopg import sql

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from foundation.storage import tasks
from foundation.storage.execution import runs
from foundation.storage.execution.runs import RunOrder
from foundation.storage.session.statements import Statement
from foundation.storage.tasks import TaskOrder

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


_MANY = """
INSERT INTO tasks (tenant_id, task_id, name)
    SELECT %(t)s, gen_random_uuid(), 'task ' || n FROM generate_series(1, 3000) n;
INSERT INTO task_versions (tenant_id, task_id, version, definition)
    SELECT tenant_id, task_id, 1, jsonb_build_object('name', name) FROM tasks WHERE tenant_id = %(t)s;
INSERT INTO runs (tenant_id, run_id, task_id, task_version, timeout_seconds, status, ended_at, created_at)
    SELECT tenant_id, gen_random_uuid(), task_id, 1, 60, 'COMPLETED', now(), now() - random() * interval '30 days'
    FROM tasks WHERE tenant_id = %(t)s;
"""


@pytest.fixture(scope="module")
def many(scratch: ScratchDatabase) -> Tenant:
    """A tenant with thousands of tasks and runs, which PostgreSQL knows of."""
    tenant = Tenant().create(scratch)
    with psycopg.connect(scratch.superuser_url, autocommit=True) as connection:
        for statement in _MANY.strip().rstrip(";").split(";\n"):
            connection.execute(statement.encode(), {"t": tenant.tenant_id})
        for table in ("tasks", "task_versions", "runs"):
            connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))
    return tenant


def nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def plan_of(
    scratch: ScratchDatabase, tenant: Tenant, statement: Statement, values: dict[str, Any]
) -> list[Mapping[str, Any]]:
    """Of the statement as the API's login runs it, with its row-level security."""
    with psycopg.connect(scratch.url("control_plane")) as connection:
        connection.execute("SELECT set_config('lockstep.tenant', %s, true)", [str(tenant.tenant_id)])
        query = b"EXPLAIN (FORMAT JSON) " + statement.sql
        [(found,)] = connection.execute(query, {"tenant_id": tenant.tenant_id, "limit": 51, **values}).fetchall()
    document: Any = json.loads(found) if isinstance(found, str) else found
    return list(nodes(document[0]["Plan"]))


def is_read_in_order(plan: list[Mapping[str, Any]], table: str, index: str) -> bool:
    kinds = {node["Node Type"] for node in plan}
    indexes = {node.get("Index Name") for node in plan}
    scanned = {node.get("Relation Name") for node in plan if node["Node Type"] == "Seq Scan"}
    return "Sort" not in kinds and "Incremental Sort" not in kinds and index in indexes and table not in scanned


@pytest.mark.parametrize("order", RunOrder)
@pytest.mark.parametrize("is_first", [True, False])
def test_runs_are_read_from_their_index(
    scratch: ScratchDatabase, many: Tenant, order: RunOrder, *, is_first: bool
) -> None:
    names = ("status", "task_id", "forked_from", "parent", "hanging")
    values: dict[str, Any] = {**dict.fromkeys(names), "hangs": False, "after_at": None, "after_id": None}
    if not is_first:
        values |= {"after_at": "2026-11-20T00:00:00Z", "after_id": UUID(int=1)}
    assert is_read_in_order(plan_of(scratch, many, runs.PAGES[order], values), "runs", "runs_newest")


@pytest.mark.parametrize("order", TaskOrder)
@pytest.mark.parametrize("is_first", [True, False])
def test_tasks_are_read_from_their_indexes(
    scratch: ScratchDatabase, many: Tenant, order: TaskOrder, *, is_first: bool
) -> None:
    values: dict[str, Any] = {"name": None, "is_next": not is_first}
    values |= {"after_at": "2026-11-20T00:00:00Z", "after_id": UUID(int=1), "after_name": "task 5"}
    index = "tasks_newest" if order in {TaskOrder.NEWEST, TaskOrder.OLDEST} else "tasks_live_name"
    assert is_read_in_order(plan_of(scratch, many, tasks.PAGES[order], values), "tasks", index)
