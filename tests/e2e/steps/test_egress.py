"""What a step's tool reaches outside, what is refused to it, and where both are told."""

import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from fixtures.machine.free_port import free_port
from fixtures.machine.processes import ServiceProcess
from fixtures.running.stack import Member, Stack
from fixtures.running.workers import a_worker, without_supervised_worker
from fixtures.sandboxing.sandboxes import UID_LOCKS, sandbox_root

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
    def do_GET(self) -> None:
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
    folder = tmp_path_factory.mktemp("opened")
    port = free_port()
    environment = {
        "PATH": os.environ["PATH"],
        "LOCKSTEP_PORT_LAUNCHER": str(port),
        "LOCKSTEP_SANDBOX_ROOT": str(sandbox_root()),
        "LOCKSTEP_SANDBOX_UID_LOCKS": str(UID_LOCKS),
        "LOCKSTEP_SERVICE_PUBLIC_KEYS_FILE": str(
            Path(__file__).parents[3] / ".local" / "run" / "service-public-keys.json"
        ),
        "LOCKSTEP_LAUNCHER_EGRESS_PRIVATE": json.dumps([f"{HOST}:{site}=127.0.0.1"]),
    }
    url = f"http://127.0.0.1:{port}"
    launcher = ServiceProcess("tool_runtime.launcher", url=url, environment=environment, log=folder / "launcher.log")
    launcher.start()
    with without_supervised_worker():
        worker = a_worker(stack, folder, launcher_url=url)
        worker.start()
        try:
            yield
        finally:
            worker.stop()
            launcher.stop()


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
            "SELECT action, target, actor, detail ->> 'reason' FROM audit_log"
            " WHERE detail ->> 'run_id' = %s ORDER BY at, audit_id",
            [run["id"]],
        ).fetchall()
    actor = f"step read of run {run['id']}"
    assert rows == [
        ("egress.allowed", f"{HOST}:{site}", actor, None),
        ("egress.refused", "elsewhere.example:80", actor, "host_not_allowed"),
        ("egress.allowed", f"{HOST}:{site}", actor, None),
    ]


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
