"""What a step's tool reaches outside, what is refused to it, and where both are told."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from fixtures.egress.opened_places import opened_places
from fixtures.running.stack import Member, Stack

pytestmark = [pytest.mark.stack, pytest.mark.serial]

HOST = "prices.inside.example"
CODE = """
import json, urllib.error, urllib.request
def ask(url):
    try:
        return urllib.request.urlopen(url, timeout=10).read().decode()
    except urllib.error.HTTPError as error:
        return json.loads(error.read())["reason"]
told = [ask(url) for url in json.load(open("/work/in/inputs.json"))]
json.dump(told, open("/work/out/result.json", "w"))
"""


class _Site(BaseHTTPRequestHandler):
    keys: ClassVar[list[str | None]] = []
    """What each request had as its `x-api-key`."""
    paths: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.keys.append(self.headers["x-api-key"])
        self.paths.append(self.path)
        body = b"12.50"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Not on the test's output."""


@pytest.fixture(scope="module")
def site() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def opened(stack: Stack, site: int, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A launcher whose operator opened the site, and a worker that uses it in place of the supervised one."""
    with opened_places(stack, tmp_path_factory.mktemp("opened"), f"{HOST}:{site}=127.0.0.1"):
        yield


def a_reader(*urls: str) -> dict[str, Any]:
    arguments = {"code": CODE, "inputs": list(urls)}
    return {"name": "read", "kind": "tool", "tool": "code.python", "arguments": arguments, "effect": "pure"}


def told(member: Member, run_id: str) -> list[dict[str, Any]]:
    with member.api() as api:
        items = api.get(f"/runs/{run_id}/events", params={"limit": 100}).json()["items"]
    return [item["data"] for item in items if item["type"] == "step.egress"]


def test_what_a_tool_reaches_and_what_is_refused_are_in_the_runs_events_and_in_the_audit(
    stack: Stack, member: Member, site: int, opened: None
) -> None:
    allowed, foreign = f"http://{HOST}:{site}/", "http://elsewhere.example/"
    task = {"egress": [HOST], "steps": [a_reader(allowed, foreign, allowed)]}
    run = member.ended(member.start(task)["id"])
    step = member.steps(run["id"])["read"]
    assert step["output"]["result"] == ["12.50", "host_not_allowed", "12.50"]
    [event] = told(member, run["id"])
    assert (event["name"], event["tool"], event["allowed"], event["refused"]) == ("read", "code.python", 2, 1)
    assert [(r["host"], r["port"], r["verdict"], r["reason"], r["count"]) for r in event["requests"]] == [
        (HOST, site, "allowed", None, 2),
        ("elsewhere.example", 80, "refused", "host_not_allowed", 1),
    ]
    with stack.superuser() as connection:
        rows = connection.execute(
            "SELECT action, target, actor, detail ->> 'reason', outcome FROM audit_log"
            " WHERE detail ->> 'run_id' = %s ORDER BY at, audit_id",
            [run["id"]],
        ).fetchall()
    actor = f"step read of run {run['id']}"
    assert rows == [
        ("egress.allowed", f"{HOST}:{site}", actor, None, "done"),
        ("egress.refused", "elsewhere.example:80", actor, "host_not_allowed", "refused"),
        ("egress.allowed", f"{HOST}:{site}", actor, None, "done"),
    ]


def test_a_tenants_secret_reaches_its_host_and_neither_the_run_nor_the_audit(
    stack: Stack, member: Member, site: int, opened: None
) -> None:
    url = f"http://{HOST}:{site}/"
    secrets = [{"name": "prices", "host": HOST, "header": "X-Api-Key", "format": "key {value}"}]
    task = {"name": "reader", "egress": [HOST], "secrets": secrets, "steps": [a_reader(url)]}
    with member.api() as api:
        refused = api.post("/tasks", json=task)
        assert refused.status_code == 422
        assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/secrets/0/name"]
        assert api.put("/secrets/prices", json={"value": "0ne-t1me", "hosts": [HOST]}).status_code == 201
        task_id = api.post("/tasks", json=task).json()["id"]
        run = api.post("/runs", json={"task_id": task_id}, headers={"Idempotency-Key": "secret"}).json()
        run = member.ended(run["id"])
        assert member.steps(run["id"])["read"]["output"]["result"] == ["12.50"]
        assert _Site.keys[-1] == "key 0ne-t1me"
        [event] = told(member, run["id"])
        assert event["requests"][0]["secrets"] == ["prices"]

        # Of a secret that is gone the tool is not called without it.
        assert api.delete("/secrets/prices").status_code == 409
        assert api.delete("/secrets/prices?while_used=true").status_code == 204
        later = api.post("/runs", json={"task_id": task_id}, headers={"Idempotency-Key": "without"}).json()
        later = member.ended(later["id"])
        assert later["status"] == "FAILED"
        assert member.steps(later["id"])["read"]["error"]["code"] == "secret_missing"
        shown = [api.get(f"/runs/{run['id']}{path}").text for path in ("", "/steps", "/events?limit=200")]
    with stack.superuser() as connection:
        rows = connection.execute(
            "SELECT detail FROM audit_log WHERE tenant_id = %s ORDER BY audit_id", [member.tenant_id]
        ).fetchall()
        stored = connection.execute("SELECT sealed FROM secrets").fetchall()
    assert ["prices"] in [detail.get("secrets") for (detail,) in rows]
    assert "0ne-t1me" not in json.dumps([shown, rows, stored])


def a_document(site: int, path: str) -> dict[str, Any]:
    item = {"in": "path", "name": "item", "required": True, "schema": {"type": "string"}}
    operation = {"operationId": "getPrice", "summary": "The price of an item", "parameters": [item]}
    server = {"url": f"http://{HOST}:{site}"}
    return {"openapi": "3.1.0", "servers": [server], "paths": {path: {"get": operation}}}


def test_tools_of_a_tenants_api_are_called_as_their_tasks_version_has_them(
    member: Member, site: int, opened: None
) -> None:
    call = {"kind": "tool", "tool": "api.prices.get_price", "arguments": {"path": {"item": "${input.item}"}}}
    agent = {"kind": "agent", "instructions": "Ask.", "tools": ["api.prices.get_price"], "model": "crew-buyer"}
    secrets = [{"name": "prices", "host": HOST, "header": "x-api-key", "format": "{value}"}]
    steps = [{"name": "ask", **call}, {"name": "decide", "needs": ["ask"], **agent}]
    task = {"name": "buyer", "egress": [HOST], "secrets": secrets, "steps": steps}
    with member.api() as api:
        made = api.put("/tool-sources/prices", json={"document": a_document(site, "/prices/{item}")})
        assert made.status_code == 201, made.text
        assert api.put("/secrets/prices", json={"value": "f0r-tools", "hosts": [HOST]}).status_code == 201
        created = api.post("/tasks", json=task)
        assert created.status_code == 201, created.text
        # What the document becomes later is nothing to a task that was made before.
        changed = api.put("/tool-sources/prices", json={"document": a_document(site, "/elsewhere/{item}")})
        assert changed.json()["version"] == 2
        body = {"task_id": created.json()["id"], "input": {"item": "a tea/pot"}}
        run = api.post("/runs", json=body, headers={"Idempotency-Key": "buyer"}).json()
        run = member.ended(run["id"])
    assert run["status"] == "COMPLETED", run["error"]
    found = {name: step["output"] for name, step in member.steps(run["id"]).items()}
    assert (found["ask"]["result"]["status"], found["ask"]["result"]["text"]) == (200, "12.50")
    assert found["decide"]["text"] == "It costs 12.50."
    assert _Site.paths[-2:] == ["/prices/a%20tea%2Fpot", "/prices/cup"]
    assert _Site.keys[-2:] == ["f0r-tools", "f0r-tools"]
    assert [event["tool"] for event in told(member, run["id"])] == ["api.prices.get_price"] * 2


@pytest.mark.full
def test_the_http_tool_asks_the_same_proxy_and_the_tenants_policy_holds_for_what_runs(
    member: Member, site: int, opened: None
) -> None:
    allowed, foreign = f"http://{HOST}:{site}/", "http://elsewhere.example/"
    http_steps = [
        {"name": "rates", "kind": "tool", "tool": "http", "arguments": {"method": "GET", "url": allowed}},
        {"name": "away", "kind": "tool", "tool": "http", "arguments": {"method": "GET", "url": foreign}},
    ]
    run = member.ended(member.start({"egress": [HOST], "steps": http_steps})["id"])
    steps = member.steps(run["id"])
    assert (steps["rates"]["status"], steps["rates"]["output"]["result"]["text"]) == ("SUCCESS", "12.50")
    assert steps["away"]["output"]["result"]["error"]["code"] == "egress_denied"
    assert "host_not_allowed" in steps["away"]["error"]["detail"]
    assert sorted((event["name"], event["allowed"], event["refused"]) for event in told(member, run["id"])) == [
        ("away", 0, 1),
        ("rates", 1, 0),
    ]

    # The tenant's policy holds for what runs as well as for what is made.
    task = {"egress": [HOST], "steps": [a_reader(allowed)]}
    with member.api() as api:
        task_id = api.post("/tasks", json={"name": "reader", **task}).json()["id"]
        assert api.put("/egress-policy", json={"hosts": ["*.example.org"]}).status_code == 200
        made = api.post("/tasks", json={"name": "another reader", **task})
        assert (made.status_code, made.json()["errors"][0]["pointer"]) == (422, "/egress/0")
        headers = {"Idempotency-Key": "reader"}
        started = api.post("/runs", json={"task_id": task_id}, headers=headers).json()
    run = member.ended(started["id"])
    assert member.steps(run["id"])["read"]["output"]["result"] == ["above_ceiling"]


def test_a_step_of_a_task_looks_at_a_page_and_keeps_its_picture(
    stack: Stack, member: Member, site: int, opened: None
) -> None:
    with member.api() as api:
        [tool] = [one for one in api.get("/tools").json()["items"] if one["name"] == "browser"]
        assert (tool["usable"], tool["cost"], tool["profile"]) == (True, "heavy", "browser")
    look = [{"goto": "${input.url}"}, {"extract": "text"}, {"screenshot": "page"}]
    step = {"name": "look", "kind": "tool", "tool": "browser", "arguments": {"steps": look}}
    started = member.start({"egress": [HOST], "steps": [step]}, input={"url": f"http://{HOST}:{site}/"})
    output = member.steps(member.ended(started["id"])["id"])["look"]["output"]
    assert [one["text"] for one in output["result"]["extracted"]] == ["12.50"]
    assert output["result"]["error"] is None
    with member.api() as api:
        listed = api.get(f"/runs/{started['id']}/artifacts").json()["items"]
    assert [(one["name"], one["content_type"]) for one in listed if one["name"] != "result.json"] == [
        ("page.png", "image/png")
    ]
