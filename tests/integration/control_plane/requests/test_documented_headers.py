"""What the API's document says of `ETag`, `Location` and 304 is what is sent."""

from typing import Any

import httpx
import pytest
from starlette.routing import compile_path

from fixtures.api.api_in_process import ApiInProcess
from fixtures.api.unopened_apps import unopened_api
from fixtures.gateways.gateway import Tenant

STEPS = [{"name": "a", "kind": "noop"}]
WEBHOOK = {"name": "tickets", "url": "https://hooks.example.com/x", "events": ["run.*"]}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return unopened_api().openapi()


def told(document: dict[str, Any], answer: httpx.Response) -> set[str]:
    """The headers that the document has for this answer, in small letters."""
    method, asked = answer.request.method.lower(), answer.request.url.path
    fitting = [path for path in document["paths"] if compile_path(path)[0].match(asked)]
    path = min(fitting, key=lambda one: one.count("{"))
    return {name.lower() for name in document["paths"][path][method]["responses"][str(answer.status_code)]["headers"]}


async def made(owner: httpx.AsyncClient) -> list[httpx.Response]:
    """One answer for each kind of thing that a tenant makes."""
    task = await owner.post("/tasks", json={"name": "count", "steps": STEPS})
    task_id = task.json()["id"]
    account = await owner.post("/service-accounts", json={"name": "robot", "role": "member"})
    upload = {"name": "a.csv", "size": 1, "sha256": "0f" * 32}
    starts = {"name": "often", "task_id": task_id}
    return [
        task,
        account,
        await owner.post("/runs", json={"task_id": task_id}),
        await owner.post("/schedules", json={**starts, "every_seconds": 3600}),
        await owner.post("/triggers", json=starts),
        await owner.post("/webhooks", json=WEBHOOK),
        await owner.post("/roles", json={"name": "reader", "permissions": ["runs:read"]}),
        await owner.post("/invitations", json={"email": "ann@example.com", "role": "viewer"}),
        await owner.post("/artifacts", json=upload),
        await owner.put("/secrets/key", json={"value": "x", "hosts": ["example.com"]}),
        await owner.put("/limits", json={}),
    ]


async def test_headers_are_sent_where_the_document_has_them(
    lonely_api: ApiInProcess, tenant: Tenant, document: dict[str, Any]
) -> None:
    async with lonely_api.caller(tenant) as owner:
        answers = await made(owner)
        for first in answers:
            assert first.status_code in {200, 201}, first.text
            place = first.headers.get("location")
            shown = await owner.get(f"http://test{place}") if place and "/invitations/" not in place else first
            for answer in (first, shown):
                sent = {"etag", "location"} & set(answer.headers)
                assert sent == {"etag", "location"} & told(document, answer), (answer.request.method, answer.url)
            if shown.request.method == "GET" and "etag" in shown.headers:
                known = await owner.get(str(shown.url), headers={"If-None-Match": shown.headers["etag"]})
                assert (known.status_code, known.content) == (304, b"")
                assert "etag" in told(document, known)
        changed = await owner.delete(f"http://test{answers[2].headers['location']}")
        assert {"etag"} == {"etag", "location"} & told(document, changed) == {"etag", "location"} & set(changed.headers)
