"""Sparse fields: every list shows the members that are asked for, and no input, output or definition unasked."""

from pathlib import Path
from typing import Any

import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.api.unopened_apps import unopened_api
from fixtures.gateways.gateway import Tenant

LARGE_OF_RUNS = {"input", "output", "overrides"}
PAGE = Path(__file__).parents[4] / "docs" / "reference" / "lists.md"
DEFINITION = {"name": "greet", "steps": [{"name": "a", "kind": "noop"}]}


def operations() -> dict[str, dict[str, Any]]:
    """Each operation of the API's document that takes `fields`, by its path."""
    paths = unopened_api().openapi()["paths"]
    return {
        path: item["get"]
        for path, item in paths.items()
        if any(one["name"] == "fields" for one in item.get("get", {}).get("parameters", []))
    }


def names_of(operation: dict[str, Any]) -> list[str]:
    [fields] = [one for one in operation["parameters"] if one["name"] == "fields"]
    return list(fields["schema"]["items"]["enum"])


async def test_runs_carry_inputs_and_outputs_for_whoever_asks(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as owner:
        task = (await owner.post("/tasks", json=DEFINITION)).json()["id"]
        run = (await owner.post("/runs", json={"task_id": task, "input": {"to": "Ada"}})).json()
        [usual] = (await owner.get("/runs")).json()["items"]
        assert set(usual) == set(run) - LARGE_OF_RUNS
        assert {name: run[name] for name in usual} == usual
        [whole] = (await owner.get("/runs", params={"fields": "input,output,status,overrides"})).json()["items"]
        assert whole == {"id": run["id"], "status": "PENDING", "input": {"to": "Ada"}, "output": None, "overrides": {}}
        [few] = (await owner.get("/runs", params={"fields": ["task_id", "status , version"]})).json()["items"]
        assert few == {"id": run["id"], "task_id": task, "status": "PENDING", "version": run["version"]}


async def test_tasks_carry_definitions_for_whoever_asks(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as owner:
        task = (await owner.post("/tasks", json=DEFINITION)).json()
        [usual] = (await owner.get("/tasks")).json()["items"]
        assert set(usual) == {"id", "name", "version", "created_at", "updated_at", "archived_at"}
        [whole] = (await owner.get("/tasks", params={"fields": "definition"})).json()["items"]
        assert whole == {"id": task["id"], "definition": task["definition"]}


async def test_members_stay_out_of_a_page_that_is_not_the_first(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    async with lonely_api.caller(tenant) as owner:
        for name in ("one", "two"):
            assert (await owner.post("/tasks", json={**DEFINITION, "name": name})).status_code == 201
        first = (await owner.get("/tasks", params={"fields": "name", "limit": 1})).json()
        second = await owner.get("/tasks", params={"fields": "version", "limit": 1, "cursor": first["next_cursor"]})
        assert [set(item) for item in (first["items"] + second.json()["items"])] == [{"id", "name"}, {"id", "version"}]


@pytest.mark.parametrize("wrong", ["secret", "id,secret", "", "input.to", "__class__", "id;status", "\u202eid"])
async def test_a_member_that_no_item_has_is_refused_with_those_that_it_has(
    lonely_api: ApiInProcess, tenant: Tenant, wrong: str
) -> None:
    async with lonely_api.caller(tenant) as owner:
        for path in ("/tasks", "/runs"):
            answer = await owner.get(path, params={"fields": wrong})
            problem(answer, 422, "unknown_fields", pointer="/query/fields")
            assert "created_at" in answer.json()["detail"]


async def test_every_list_of_rows_takes_fields_and_an_order(lonely_api: ApiInProcess, tenant: Tenant) -> None:
    """Those of the tenant's own resources are asked; what is below one that does not exist answers 404 before."""
    found = operations()
    paged = {
        path
        for path, item in unopened_api().openapi()["paths"].items()
        if any(one["name"] == "cursor" for one in item.get("get", {}).get("parameters", []))
    }
    assert sorted(paged - set(found)) == WITHOUT_FIELDS
    async with lonely_api.caller(tenant) as owner:
        for path, operation in found.items():
            assert any(one["name"] == "sort" for one in operation["parameters"]), path
            if "{" in path or "/operations/" in path or path.endswith("/tenants"):
                continue
            own = path.removeprefix("/api/v1")
            problem(await owner.get(own, params={"fields": "no_such"}), 422, "unknown_fields")
            every = (await owner.get(own, params={"fields": ",".join(names_of(operation))})).json()
            for item in every["items"]:
                assert list(item) == names_of(operation), path
            for item in (await owner.get(own, params={"fields": names_of(operation)[-1]})).json()["items"]:
                assert set(item) <= {names_of(operation)[-1], *KEY_OF.get(own, names_of(operation)[:1])}, path


def test_the_page_tells_of_every_list() -> None:
    document = unopened_api().openapi()
    rows = []
    for path, operation in operations().items():
        parameters = {one["name"]: one for one in operation["parameters"]}
        sort = parameters["sort"]["schema"]
        words = document["components"]["schemas"][sort["$ref"].rpartition("/")[2]]["enum"]
        orders = ", ".join(f"`{word}`" for word in sorted(words, key=lambda word: word != sort["default"]))
        hidden = parameters["fields"]["description"].partition("all but ")[2]
        rows.append(f"| `GET {path.removeprefix('/api/v1')}` | {orders} | {hidden} |")
    assert [line for line in PAGE.read_text().splitlines() if line.startswith("| `GET ")] == rows


KEY_OF = {"/budgets": ["scope", "scope_id", "period"], "/budget-warnings": ["scope", "scope_id", "period", "window"]}
WITHOUT_FIELDS = [
    "/api/v1/events",
    "/api/v1/operations/usage",
    "/api/v1/runs/{run_id}/events",
    "/api/v1/runs/{run_id}/times",
    "/api/v1/runs/{run_id}/trace",
    "/api/v1/statements",
    "/api/v1/traces/{trace_id}",
    "/api/v1/usage",
]
"""Streams in the order of what happened, and sums, of which every member is small."""
