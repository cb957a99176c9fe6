"""Every metric that operators are promised, brought about by what it measures and read where Prometheus reads it."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from fixtures.alerting.evaluation import Scrape, scraped
from fixtures.machine.free_port import free_port
from fixtures.running.stack import Member, Stack, new_member
from fixtures.running.workers import Workers

pytestmark = [pytest.mark.stack, pytest.mark.serial, pytest.mark.full, pytest.mark.timeout(240)]

API, WORKER, GATEWAY, TOOLS = "control-plane", "orchestrator", "llm-gateway", "tool-runtime"
ADDRESSES = {
    API: "LOCKSTEP_API_METRICS_URL",
    GATEWAY: "LOCKSTEP_GATEWAY_METRICS_URL",
    TOOLS: "LOCKSTEP_LAUNCHER_METRICS_URL",
}
TENANT = "the tenant of this test"
SIMULATED = "simulated"
Line = tuple[str, str, dict[str, str | None]]
"""A service, a metric and its labels, all of them; None stands for any value."""
GREW: list[Line] = [
    (API, "agent_run_duration_seconds_count", {"tenant_id": TENANT, "status": "COMPLETED"}),
    (API, "agent_run_duration_seconds_count", {"tenant_id": TENANT, "status": "FAILED"}),
    (API, "agent_run_duration_seconds_count", {"tenant_id": TENANT, "status": "TIMED_OUT"}),
    (API, "workflow_timeouts_total", {"scope": "run"}),
    (API, "http_requests_total", {"service": "control_plane", "method": "POST", "status": "201"}),
    (API, "http_requests_total", {"service": "control_plane", "method": "GET", "status": "404"}),
    (API, "http_request_duration_seconds_count", {"service": "control_plane", "endpoint": "/api/v1/runs/{run_id}"}),
    (WORKER, "agent_step_duration_seconds_count", {"step_name": "tool", "status": "SUCCESS"}),
    (WORKER, "agent_step_duration_seconds_count", {"step_name": "llm", "status": "SUCCESS"}),
    (WORKER, "agent_step_duration_seconds_count", {"step_name": "tool", "status": "FAILED"}),
    (WORKER, "workflow_queue_wait_seconds_count", {"kind": "tool"}),
    (WORKER, "workflow_queue_wait_seconds_count", {"kind": "llm"}),
    (WORKER, "workflow_timeouts_total", {"scope": "step"}),
    (WORKER, "workflow_leases_reclaimed_total", {}),
    (WORKER, "workflow_allocations_reclaimed_total", {}),
    (WORKER, "workflow_stalls_total", {"cause": "need_missing", "recovery": "end_deadlocked"}),
    (GATEWAY, "agent_token_usage_total", {"tenant_id": TENANT, "provider": SIMULATED, "model": None}),
    (GATEWAY, "agent_cost_usd_total", {"tenant_id": TENANT, "provider": SIMULATED}),
    (GATEWAY, "llm_requests_total", {"provider": SIMULATED, "model": None, "status": None}),
    (GATEWAY, "llm_latency_seconds_count", {"provider": SIMULATED, "model": None}),
    (GATEWAY, "llm_rate_limit_hits_total", {"tenant_id": TENANT}),
    (GATEWAY, "http_requests_total", {"service": "llm_gateway", "method": "POST", "status": "200"}),
    (GATEWAY, "http_request_duration_seconds_count", {"service": "llm_gateway", "endpoint": None}),
    (TOOLS, "http_requests_total", {"service": "tool_runtime", "method": "POST", "status": None}),
    (TOOLS, "http_request_duration_seconds_count", {"service": "tool_runtime", "endpoint": None}),
    (TOOLS, "tool_jobs_total", {"tool": "code.python", "status": None, "reason": None}),
]
"""Those that count, or measure, what happens."""
STANDS: list[Line] = [
    (WORKER, "sqs_messages_visible", {"queue_name": "steps"}),
    (WORKER, "sqs_messages_visible", {"queue_name": "steps-dlq"}),
    (GATEWAY, "llm_circuit_breaker_state", {"provider": SIMULATED}),
    (API, "ecs_task_count", {"service": "control_plane"}),
    (WORKER, "ecs_task_count", {"service": "orchestrator"}),
    (GATEWAY, "ecs_task_count", {"service": "llm_gateway"}),
    (TOOLS, "ecs_task_count", {"service": "tool_runtime"}),
]
"""Those that tell how things are."""


def sleeping(name: str, seconds: float, **step: Any) -> dict[str, Any]:
    code = f"import time; time.sleep({seconds}); print('slept')"
    return {"name": name, "kind": "tool", "tool": "code.python", "arguments": {"code": code}, **step}


def values(scrape: Scrape, service: str, metric: str, labels: dict[str, str | None], tenant: str) -> Iterator[float]:
    """Of the series with exactly these labels."""
    wanted = {name: tenant if value == TENANT else value for name, value in labels.items()}
    for (name, at), value in scrape.samples.items():
        found = dict(at)
        if name != metric or found.pop("job") != service or set(found) != set(wanted):
            continue
        if all(wanted[label] in {None, given} for label, given in found.items()):
            yield value


def missing(before: Scrape, after: Scrape, tenant: str) -> list[Line]:
    grew = [line for line in GREW if not sum(values(after, *line, tenant)) > sum(values(before, *line, tenant))]
    return grew + [line for line in STANDS if not list(values(after, *line, tenant))]


def refuse_by_rate(owner: Member, stack: Stack) -> None:
    """Calls of the tenant's key until one is refused."""
    with owner.api() as api:
        api.put("/limits", json={"tenant": {"requests_a_minute": 1}}).raise_for_status()
        key = api.post("/api-keys", json={"name": "k", "scopes": ["gateway"]}).raise_for_status().json()["key"]
    body = {"model": "default", "messages": [{"role": "user", "content": "hello"}], "max_tokens": 5}
    url, headers = (
        f"{stack['LOCKSTEP_GATEWAY_URL'].rstrip('/')}/v1/chat/completions",
        {"authorization": f"Bearer {key}"},
    )
    assert Member.until(lambda: httpx.post(url, json=body, headers=headers, timeout=30).status_code == 429)


def lose_a_need(stack: Stack, owner: Member, run_id: str) -> None:
    """A step waits for one that is not there, so that it can never go on; and nothing has happened for a while."""
    assert owner.until(lambda: {step["status"] for step in owner.steps(run_id).values()} == {"WAITING"})
    with stack.superuser() as connection, connection.transaction():
        connection.execute("UPDATE steps SET needs = '{ask,gone}' WHERE run_id = %s AND name = 'after'", [run_id])
        connection.execute(
            """UPDATE runs SET awaits_approval = false, clock_since = now(), progressed_at = now() - interval '3 min'
               WHERE run_id = %s""",
            [run_id],
        )


def test_each_metric_has_its_name_its_labels_and_its_cause(quiet: Stack, workers: Workers) -> None:
    owner = new_member(quiet)
    services = {service: quiet[name] for service, name in ADDRESSES.items()}
    before = scraped(services)
    victim = workers()
    taken_over = owner.start({"steps": [sleeping("held", 4, resources={"browser": 1})]})["id"]
    assert owner.until(lambda: owner.steps(taken_over).get("held", {}).get("status") == "RUNNING")
    victim.kill()
    port = free_port()
    workers(metrics_port=str(port))
    says = {"name": "say", "kind": "llm", "needs": ["held"], "prompt": "Say ${steps.held.output.stdout}"}
    runs = {
        taken_over: "COMPLETED",
        owner.start({"steps": [sleeping("held", 0), says]})["id"]: "COMPLETED",
        owner.start({"steps": [sleeping("long", 60, timeout_seconds=1)]})["id"]: "FAILED",
        owner.start({"timeout_seconds": 3, "steps": [sleeping("long", 60)]})["id"]: "TIMED_OUT",
    }
    asks = {"name": "ask", "kind": "approval", "message": "May it?"}
    hangs = owner.start(
        {"on_step_failure": "fail", "steps": [asks, {"name": "after", "kind": "noop", "needs": ["ask"]}]}
    )["id"]
    lose_a_need(quiet, owner, hangs)
    with owner.api() as api:
        assert api.get("/runs/00000000-0000-7000-8000-000000000000").status_code == 404
    assert {run_id: owner.ended(run_id)["status"] for run_id in runs} == runs
    assert owner.ended(hangs)["error"]["code"] == "deadlocked"
    refuse_by_rate(owner, quiet)

    left: list[Line] = []

    def all_there() -> bool:
        nonlocal left
        after = scraped({**services, WORKER: f"http://127.0.0.1:{port}/metrics"})
        left = missing(before, after, str(owner.tenant_id))
        return not left

    assert Member.until(all_there, seconds=40), left
