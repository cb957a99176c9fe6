"""What a rotation has promised of the text before it, the next rotation does not end unless it says so."""

from typing import Any

import httpx
import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.problems import problem
from fixtures.gateways.gateway import Tenant


async def a_key(owner: httpx.AsyncClient) -> str:
    answer = await owner.post("/api-keys", json={"name": "k", "scopes": ["api"]})
    return f"/api-keys/{answer.json()['id']}/rotate"


async def a_webhook(owner: httpx.AsyncClient) -> str:
    hook = {"name": "h", "url": "https://hooks.example.com/x", "events": ["run.*"]}
    return f"/webhooks/{(await owner.post('/webhooks', json=hook)).json()['id']}/rotate-secret"


async def a_trigger(owner: httpx.AsyncClient) -> str:
    task = (await owner.post("/tasks", json={"name": "t", "steps": [{"name": "a", "kind": "noop"}]})).json()
    answer = await owner.post("/triggers", json={"name": "t", "task_id": task["id"]})
    return f"/triggers/{answer.json()['id']}/rotate-secret"


@pytest.mark.parametrize("make", [a_key, a_webhook, a_trigger])
async def test_an_overlap_ends_when_it_was_to_or_by_word(api: ApiInProcess, tenant: Tenant, make: Any) -> None:
    async with api.caller(tenant) as owner:
        path = await make(owner)
        for body in ({"overlap_seconds": 0}, {"overlap_seconds": 3600}):
            assert (await owner.post(path, json=body)).status_code == 200
        refused: tuple[dict[str, object], ...] = (
            {"overlap_seconds": 0},
            {"overlap_seconds": 3600},
            {"end_overlap": False},
        )
        for again in refused:
            told = problem(await owner.post(path, json=again), 409, "overlap_under_way")
            assert "end_overlap=true" in told["remedy"]
        problem(await owner.post(path, json={"end_overlap": "true"}), 400, "bad_request", pointer="/body/end_overlap")
        assert (await owner.post(path, json={"end_overlap": True})).status_code == 200
        assert (await owner.post(path, json={})).status_code == 200


async def test_a_text_lives_through_a_rotation_that_was_refused(api: ApiInProcess, tenant: Tenant) -> None:
    async with api.caller(tenant) as owner:
        made = (await owner.post("/api-keys", json={"name": "k", "scopes": ["api"]})).json()
        path = f"/api-keys/{made['id']}/rotate"
        await owner.post(path, json={"overlap_seconds": 3600})
        problem(await owner.post(path, json={"overlap_seconds": 3600}), 409, "overlap_under_way")
    async with api.bearing(made["key"]) as first:
        assert (await first.get("/runs")).status_code == 200
