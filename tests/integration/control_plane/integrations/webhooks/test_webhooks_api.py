"""Webhooks are set up by who may, within bounds, and their secrets are shown once."""

from collections.abc import Callable
from typing import Any

import pytest

from fixtures.api.problems import problem
from fixtures.tags import version_of
from fixtures.webhooks.bench import RUNNING, Bench

NEW: dict[str, Any] = {"name": "tickets", "url": "https://hooks.example.com/lockstep", "events": ["run.failed"]}


async def test_a_webhook_is_made_changed_listed_and_deleted(
    bench: Bench, audited: Callable[[], list[tuple[Any, ...]]]
) -> None:
    async with bench.caller() as owner:
        made = await owner.post("/webhooks", json={**NEW, "events": ["run.failed", "step.*"]})
        assert (made.status_code, version_of(made)) == (201, '"1"')
        webhook = made.json()
        assert webhook["secret"].startswith("whsec_")
        assert webhook["events"] == ["run.failed", "step.*"]
        path = f"/webhooks/{webhook['id']}"
        assert made.headers["location"] == f"/api/v1{path}"
        shown = await owner.get(path)
        assert shown.json() == {name: value for name, value in webhook.items() if name != "secret"}
        changed = await owner.patch(path, json={"name": "other"}, headers={"If-Match": '"1"'})
        assert (changed.json()["name"], changed.json()["url"], changed.json()["version"]) == ("other", NEW["url"], 2)
        assert (await owner.patch(path, json={}, headers={"If-Match": '"1"'})).status_code == 412
        assert (await owner.patch(path, json={})).json()["version"] == 2
        emptied = problem(await owner.patch(path, json={"name": None}), 400, "bad_request")
        assert emptied["errors"][0]["pointer"] == "/body/name"
        twice = {**NEW, "events": ["run.failed", "step.*", "run.failed"]}
        repeated = problem(await owner.post("/webhooks", json=twice), 400, "bad_request")
        assert repeated["errors"][0]["detail"] == "'run.failed' stands twice; name each once"
        second = (await owner.post("/webhooks", json=NEW)).json()
        page = (await owner.get("/webhooks", params={"limit": 1})).json()
        assert [item["id"] for item in page["items"]] == [second["id"]]
        rest = (await owner.get("/webhooks", params={"cursor": page["next_cursor"]})).json()
        assert [item["id"] for item in rest["items"]] == [webhook["id"]]
        assert (await owner.delete(path, headers={"If-Match": '"1"'})).status_code == 412
        assert (await owner.delete(path)).status_code == 204
        assert (await owner.get(path)).status_code == 404
        assert (await owner.get(f"{path}/deliveries")).status_code == 404
    rows = audited()
    assert [action for _, action, _, _ in rows] == [
        "webhook.create",
        "webhook.change",
        "webhook.create",
        "webhook.delete",
    ]
    assert "whsec_" not in str(rows)


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"url": "http://hooks.example.com/"}, "/body/url"),
        ({"url": "https://10.0.0.1/"}, "/body/url"),
        ({"url": "https://[::1]/"}, "/body/url"),
        ({"url": "https://169.254.169.254/latest"}, "/body/url"),
        ({"url": "https://localhost/"}, "/body/url"),
        ({"url": "https://2130706433/"}, "/body/url"),
        ({"url": "https://user:secret@hooks.example.com/"}, "/body/url"),
        ({"url": "https://hooks.example.com:8080/"}, "/body/url"),
        ({"url": "https://hooks.example.com:99999/"}, "/body/url"),
        ({"url": "https://hooks.example.com/#x"}, "/body/url"),
        ({"url": "https://hooks.example.com/a b"}, "/body/url"),
        ({"url": "https://hooks.example.com/\r\nx: y"}, "/body/url"),
        ({"url": "https://h\u00f6oks.example.com/"}, "/body/url"),
        ({"url": "file:///etc/passwd"}, "/body/url"),
        ({"url": ""}, "/body/url"),
        ({"url": "https://hooks.example.com/" + "a" * 2048}, "/body/url"),
        ({"events": []}, "/body/events"),
        ({"events": ["run.exploded"]}, "/body/events"),
        ({"events": ["*"]}, "/body/events"),
        ({"name": ""}, "/body/name"),
        ({"name": "a\u202eb"}, "/body/name"),
        ({"secret": "mine"}, "/body/secret"),
    ],
)
async def test_what_is_no_webhook_is_refused_with_its_place(
    bench: Bench, changed: dict[str, Any], pointer: str
) -> None:
    async with bench.caller() as owner:
        answer = await owner.post("/webhooks", json={**NEW, **changed})
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, pointer), answer.text
        if pointer == "/body/url":
            made = (await owner.post("/webhooks", json=NEW)).json()
            change = await owner.patch(f"/webhooks/{made['id']}", json=changed)
            assert (change.status_code, change.json()["errors"][0]["pointer"]) == (400, pointer), change.text


@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("member", 403), ("admin", 201)])
async def test_who_administers_the_tenant_makes_them_and_all_members_see_them(
    bench: Bench, role: str, status: int
) -> None:
    async with bench.caller(role=role) as caller:
        assert (await caller.post("/webhooks", json=NEW)).status_code == status
        assert (await caller.get("/webhooks")).status_code == 200


async def test_who_may_not_read_runs_has_no_events_of_them_sent_or_shown(bench: Bench) -> None:
    webhook = await bench.webhook("run.running")
    await bench.happens(RUNNING)
    await bench.work()
    [delivery] = await bench.deliveries(webhook["id"])
    path = f"/webhooks/{webhook['id']}"
    narrow = {"name": "narrow", "scopes": ["api"], "permissions": ["webhooks:read", "webhooks:write"]}
    async with bench.caller() as owner:
        key = (await owner.post("/api-keys", json=narrow)).json()["key"]
    async with bench.api.bearing(key) as caller:
        refused = [
            await caller.post("/webhooks", json=NEW),
            *[
                await caller.patch(path, json=one)
                for one in ({"url": NEW["url"]}, {"events": ["step.*"]}, {"paused": False})
            ],
            await caller.get(f"{path}/deliveries/{delivery['id']}"),
            await caller.post(f"{path}/deliveries/{delivery['id']}/replay"),
        ]
        assert [problem(one, 403, "forbidden")["detail"].rpartition(" ")[2] for one in refused] == ["runs:read"] * 6
        assert (await caller.patch(path, json={"paused": True})).status_code == 200
        assert (await caller.get(f"{path}/deliveries")).status_code == 200


async def test_a_tenant_has_twenty(bench: Bench) -> None:
    async with bench.caller() as owner:
        for _ in range(20):
            assert (await owner.post("/webhooks", json=NEW)).status_code == 201
        refused = await owner.post("/webhooks", json=NEW)
    assert (refused.status_code, refused.json()["detail"]) == (409, "the tenant has 20 webhooks")
