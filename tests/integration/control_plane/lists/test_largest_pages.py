"""Each list is read at the largest page that its document allows: a page and the row that tells of another."""

from typing import Any

import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.unopened_apps import unopened_api
from fixtures.gateways.gateway import Tenant

OTHERS = {"/usage": "sums of a span of time that is asked for", "/tenants": "for operators"}


def largest_pages() -> dict[str, int]:
    """By path, the largest `limit`; of lists without another id in their path, and those of a run."""
    found = {}
    document: dict[str, Any] = unopened_api().openapi()
    for path, methods in document["paths"].items():
        for parameter in methods.get("get", {}).get("parameters", []):
            limit = parameter["name"] == "limit" and parameter["schema"].get("maximum")
            named = path.removeprefix("/api/v1")
            if limit and named not in OTHERS and "{" not in path.replace("{run_id}", "") and "/operations/" not in path:
                found[named] = int(limit)
    return found


LARGEST = largest_pages()


def test_there_are_such_lists() -> None:
    assert LARGEST["/runs"] == 200
    assert LARGEST["/runs/{run_id}/steps"] == 1000


@pytest.mark.parametrize("path", LARGEST)
async def test_a_list_gives_its_largest_page(lonely_api: ApiInProcess, tenant: Tenant, path: str) -> None:
    async with lonely_api.caller(tenant) as owner:
        task = await owner.post("/tasks", json={"name": "one", "steps": [{"name": "draft", "kind": "noop"}]})
        run = await owner.post("/runs", json={"task_id": task.json()["id"]})
        answer = await owner.get(path.format(run_id=run.json()["id"]), params={"limit": LARGEST[path]})
    assert answer.status_code == 200, answer.text
    assert isinstance(answer.json()["items"], list)
