"""Every service says how it is, what it has done, and in which trace."""

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from prometheus_client.parser import text_string_to_metric_families

from fixtures.running.stack import Member, Stack, new_member

pytestmark = pytest.mark.stack

LOGS = Path(os.environ.get("LOCKSTEP_LOCAL_DIR", Path(__file__).parents[2] / ".local")) / "logs"
SERVICES = ("control-plane", "orchestrator", "llm-gateway", "tool-runtime")
DEPENDENCIES = {
    "control-plane": {"postgres", "step_functions", "s3", "llm_gateway"},
    "orchestrator": {"postgres", "sqs", "step_functions", "s3", "llm_gateway", "tool_runtime"},
    "llm-gateway": {"redis", "postgres"},
    "tool-runtime": {"sandbox"},
}
FIGURES = {
    "control-plane": {
        "http_requests_total",
        "http_request_duration_seconds_bucket",
        "agent_run_duration_seconds_bucket",
    },
    "orchestrator": {"agent_step_duration_seconds_bucket", "sqs_messages_visible"},
    "llm-gateway": {
        "llm_requests_total",
        "llm_latency_seconds_bucket",
        "agent_token_usage_total",
        "agent_cost_usd_total",
        "llm_circuit_breaker_state",
    },
    "tool-runtime": {"http_requests_total", "http_request_duration_seconds_bucket"},
}
SAID_ALWAYS = {"timestamp", "level", "service", "message"}


def address(stack: Stack, service: str) -> str:
    worker = f"http://127.0.0.1:{os.environ.get('LOCKSTEP_PORT_WORKER_HEALTH', '8084')}"
    named = {
        "control-plane": stack["LOCKSTEP_API_URL"],
        "llm-gateway": stack["LOCKSTEP_GATEWAY_URL"],
        "tool-runtime": stack["LOCKSTEP_LAUNCHER_URL"],
    }
    return named.get(service, worker).rstrip("/")


FIGURES_AT = {
    "control-plane": "LOCKSTEP_API_METRICS_URL",
    "llm-gateway": "LOCKSTEP_GATEWAY_METRICS_URL",
    "tool-runtime": "LOCKSTEP_LAUNCHER_METRICS_URL",
    "orchestrator": "LOCKSTEP_WORKER_METRICS_URL",
}


def samples(stack: Stack, service: str) -> dict[str, dict[tuple[str, ...], float]]:
    """Name to values by their labels."""
    text = httpx.get(stack[FIGURES_AT[service]]).raise_for_status().text
    found: dict[str, dict[tuple[str, ...], float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return found


def started_at(stack: Stack, service: str) -> datetime:
    """When the process that listens for the service was started."""
    port = urlsplit(address(stack, service)).port
    (pid,) = {c.pid for c in psutil.net_connections("tcp") if c.status == psutil.CONN_LISTEN and c.laddr[1:] == (port,)}
    assert pid is not None
    return datetime.fromtimestamp(psutil.Process(pid).create_time(), UTC)


def lines(service: str) -> Iterator[str]:
    with (LOGS / f"{service}.log").open(encoding="utf-8") as file:
        yield from file


def in_trace(service: str, trace_id: str) -> list[dict[str, Any]]:
    """The whole lines of a service's log that belong to a trace."""
    whole = (line for line in lines(service) if trace_id in line and line.endswith("\n"))
    return [said for line in whole if (said := json.loads(line)).get("trace_id") == trace_id]


@pytest.fixture(scope="module")
def finished(stack: Stack) -> tuple[Member, dict[str, Any]]:
    """A run that has asked a model and used a tool."""
    owner = new_member(stack)
    steps = [
        {"name": "count", "kind": "tool", "tool": "code.python", "arguments": {"code": "print(6 * 7)"}},
        {"name": "tell", "kind": "llm", "needs": ["count"], "prompt": "Say this: ${steps.count.output.stdout}"},
    ]
    run = owner.ended(owner.start({"steps": steps})["id"])
    assert run["status"] == "COMPLETED", run
    return owner, run


@pytest.mark.parametrize("service", SERVICES)
def test_health_names_each_dependency(stack: Stack, service: str) -> None:
    answer = httpx.get(f"{address(stack, service)}/health", timeout=10)
    body = answer.json()
    assert answer.status_code == 200, body
    assert body["service"] == service.replace("-", "_")
    assert DEPENDENCIES[service] <= set(body["dependencies"])
    assert {said["status"] for said in body["dependencies"].values()} == {"up"}, body


@pytest.mark.parametrize("service", SERVICES)
def test_metrics_carry_the_names_that_have_a_source(
    stack: Stack, finished: tuple[Member, dict[str, Any]], service: str
) -> None:
    def missing() -> set[str]:
        return FIGURES[service] - set(samples(stack, service))

    assert Member.until(lambda: not missing()), missing()


def test_the_figures_of_a_tenant_are_those_of_its_run(stack: Stack, finished: tuple[Member, dict[str, Any]]) -> None:
    owner, run = finished
    tenant = str(owner.tenant_id)
    assert Member.until(lambda: owner.run(run["id"])["usage"]["tokens"] > 0)
    of_gateway = samples(stack, "llm-gateway")
    charged = sum(value for labels, value in of_gateway["agent_token_usage_total"].items() if tenant in labels)
    assert charged == owner.run(run["id"])["usage"]["tokens"]

    def counted() -> bool:
        runs = samples(stack, "control-plane").get("agent_run_duration_seconds_count", {})
        return [value for labels, value in runs.items() if tenant in labels] == [1.0]

    assert Member.until(counted)


@pytest.mark.parametrize("service", SERVICES)
def test_each_task_counts_itself(stack: Stack, service: str) -> None:
    assert samples(stack, service)["ecs_task_count"] == {(service.replace("-", "_"),): 1.0}


def test_both_queues_have_a_figure(stack: Stack) -> None:
    assert set(samples(stack, "orchestrator")["sqs_messages_visible"]) == {("steps",), ("steps-dlq",)}


@pytest.mark.parametrize("service", SERVICES)
def test_every_line_of_the_running_process_is_json_and_says_who_when_and_what(
    stack: Stack, finished: tuple[Member, dict[str, Any]], service: str
) -> None:
    since, seen, own = started_at(stack, service), 0, False
    for line in lines(service):
        if not own and line.startswith("{"):
            own = datetime.fromisoformat(json.loads(line)["timestamp"]) >= since
        if own and line.endswith("\n"):
            said = json.loads(line)
            assert set(said) >= SAID_ALWAYS, line
            assert said["service"].partition(".")[0] == service.replace("-", "_")
            assert datetime.fromisoformat(said["timestamp"]).tzinfo is not None
            seen += 1
    assert seen > 0


@pytest.mark.parametrize("service", SERVICES)
def test_a_run_is_one_trace_through_every_service(finished: tuple[Member, dict[str, Any]], service: str) -> None:
    owner, run = finished
    assert run["trace_id"]
    found = Member.until(lambda: in_trace(service, run["trace_id"]))
    assert found, f"{service} has logged nothing of trace {run['trace_id']}"
    assert {said["run_id"] for said in found} == {run["id"]}
    assert {said["tenant_id"] for said in found} == {str(owner.tenant_id)}


@pytest.mark.parametrize("service", ["orchestrator", "llm-gateway", "tool-runtime"])
def test_what_a_step_did_is_logged_with_the_step(finished: tuple[Member, dict[str, Any]], service: str) -> None:
    owner, run = finished
    steps = {step["id"] for step in owner.steps(run["id"]).values()}
    of_steps = Member.until(
        lambda: {said["step_id"] for said in in_trace(service, run["trace_id"]) if said.get("step_id")}, seconds=15
    )
    assert of_steps
    assert of_steps <= steps


@pytest.mark.parametrize("service", FIGURES_AT)
def test_figures_which_name_tenants_stand_on_no_port_that_tenants_reach(stack: Stack, service: str) -> None:
    assert httpx.get(f"{address(stack, service)}/metrics").status_code == 404
    listening = {
        c.laddr.ip
        for c in psutil.net_connections("tcp")
        if c.laddr and c.laddr.port == urlsplit(stack[FIGURES_AT[service]]).port
    }
    assert listening == {"127.0.0.1"}
