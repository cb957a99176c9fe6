"""What services log of good and of bad requests: which fields stand where, and what is an error."""

import json
import os
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from fixtures.running.stack import Member, Stack, new_member

pytestmark = pytest.mark.stack

LOGS = Path(os.environ.get("LOCKSTEP_LOCAL_DIR", Path(__file__).parents[2] / ".local")) / "logs"
SERVICES = ("control-plane", "orchestrator", "llm-gateway", "tool-runtime")
LEVELS = {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}
NOBODY = "00000000-0000-7000-8000-000000000000"
CODE = {"kind": "tool", "tool": "code.python"}
BAD_CALLS: list[tuple[str, str, Any]] = [
    ("GET", "/nowhere", None),
    ("GET", f"/runs/{NOBODY}", None),
    ("GET", "/runs/no-id", None),
    ("GET", "/runs?limit=0", None),
    ("GET", "/runs?cursor=forged", None),
    ("POST", "/runs", {}),
    ("POST", "/runs", {"task_id": NOBODY}),
    ("POST", "/runs", b"{"),
    ("POST", "/runs", b'{"task_id": "\xff"}'),
    ("POST", "/tasks", {"name": "t", "steps": [{"name": "a", "kind": "noop", "needs": ["a"]}]}),
    ("POST", "/tasks", {"name": "t", "steps": [{"name": "a", "kind": "llm", "prompt": "${"}]}),
    ("PUT", "/runs", {}),
    ("PUT", "/operations/kill-switch", {"engaged": True}),
]
BAD_MODEL_CALLS: list[Any] = [
    b"{",
    {},
    {"model": "no-such-model", "messages": [{"role": "user", "content": "x"}]},
    {"model": "default", "messages": []},
    {"model": "default", "messages": [{"role": "user", "content": "x"}], "max_tokens": -1},
]


class Said:
    """What the services have logged since this was made."""

    def __init__(self) -> None:
        self._from = {service: (LOGS / f"{service}.log").stat().st_size for service in SERVICES}

    def lines(self, service: str) -> list[dict[str, Any]]:
        with (LOGS / f"{service}.log").open("rb") as file:
            file.seek(self._from[service])
            whole = file.read().decode().split("\n")[:-1]
        return [json.loads(line) for line in whole if line.startswith("{")]

    def of(self, service: str, **fields: str) -> list[dict[str, Any]]:
        """The lines with these fields."""
        return [line for line in self.lines(service) if fields.items() <= line.items()]


def sent(client: httpx.Client, method: str, path: str, body: Any, trace: str) -> int:
    """The status of one call within this trace."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01", "content-type": "application/json"}
    return client.request(method, path, content=None if body is None else content, headers=headers).status_code


@pytest.fixture(scope="module")
def said(stack: Stack) -> Said:
    return Said()


@pytest.fixture(scope="module")
def runs(stack: Stack, said: Said) -> tuple[Member, dict[str, dict[str, Any]]]:
    """A run that ends well, and one whose step fails."""
    owner = new_member(stack)
    good: list[dict[str, Any]] = [
        {"name": "count", **CODE, "arguments": {"code": "print(6 * 7)"}},
        {"name": "tell", "kind": "llm", "needs": ["count"], "prompt": "Say ${steps.count.output.stdout}"},
    ]
    bad = [{"name": "fail", **CODE, "arguments": {"code": "raise SystemExit(3)"}}]
    started = {"COMPLETED": owner.start({"steps": good}), "FAILED": owner.start({"steps": bad})}
    ended = {status: owner.ended(run["id"]) for status, run in started.items()}
    assert {status: run["status"] for status, run in ended.items()} == {status: status for status in ended}
    return owner, ended


@pytest.fixture(scope="module")
def refused(stack: Stack, said: Said, runs: tuple[Member, Any]) -> set[str]:
    """The traces of calls that were all refused."""
    owner, _ = runs
    traces: set[str] = set()
    with owner.api() as api:
        key = api.post("/api-keys", json={"name": "k", "scopes": ["gateway"]}).raise_for_status().json()["key"]
        statuses = []
        for method, path, body in BAD_CALLS:
            traces.add(one := uuid4().hex)
            statuses.append(sent(api, method, path, body, one))
        api.headers["authorization"] = "Bearer forged"
        traces.add(one := uuid4().hex)
        statuses.append(sent(api, "GET", "/runs", None, one))
    for token in (key, "lsk_forged"):
        with httpx.Client(
            base_url=stack["LOCKSTEP_GATEWAY_URL"], headers={"authorization": f"Bearer {token}"}
        ) as client:
            for body in BAD_MODEL_CALLS:
                traces.add(one := uuid4().hex)
                statuses.append(sent(client, "POST", "/v1/chat/completions", body, one))
    assert all(400 <= status < 500 for status in statuses), statuses
    return traces


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_caller_got_wrong_is_no_error_of_ours(refused: set[str], said: Said, service: str) -> None:
    loud = [line for line in said.lines(service) if line.get("trace_id") in refused and line["level"] != "DEBUG"]
    assert loud == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_step_that_fails_is_no_error_of_ours(runs: tuple[Member, dict[str, Any]], said: Said, service: str) -> None:
    owner, ended = runs
    mine = said.of(service, run_id=ended["FAILED"]["id"]) + said.of(service, tenant_id=str(owner.tenant_id))
    assert {line["level"] for line in mine} <= {"DEBUG", "INFO"}


@pytest.mark.parametrize("service", SERVICES)
def test_every_line_has_a_level_and_every_error_its_traceback(refused: set[str], said: Said, service: str) -> None:
    lines = said.lines(service)
    assert lines
    assert {line["level"] for line in lines} <= LEVELS
    assert [line for line in lines if line["level"] == "ERROR" and "Traceback" not in line.get("traceback", "")] == []


@pytest.mark.parametrize(
    ("service", "message", "numbers"),
    [
        ("control-plane", "run created", {"run_id", "tenant_id"}),
        ("orchestrator", "step ended", {"duration_ms", "run_id", "step_id"}),
        ("llm-gateway", "attempt settled", {"duration_ms", "tokens_used", "run_id", "step_id"}),
        ("tool-runtime", "job ended", {"duration_ms", "run_id", "step_id"}),
    ],
)
def test_what_was_done_tells_how_long_it_took_of_what_and_in_which_trace(
    runs: tuple[Member, dict[str, Any]], said: Said, service: str, message: str, numbers: set[str]
) -> None:
    _, ended = runs
    trace = ended["COMPLETED"]["trace_id"]
    found = Member.until(lambda: said.of(service, message=message, trace_id=trace))
    assert found, {line["message"] for line in said.lines(service) if line.get("trace_id") == trace}
    for line in found:
        assert numbers <= set(line), line
        assert all(isinstance(line[name], int | float) for name in numbers & {"duration_ms", "tokens_used"}), line
