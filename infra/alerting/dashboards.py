"""Dashboards of Grafana: rows of panels, each of which shows one question by expressions on our metrics."""

from dataclasses import dataclass
from typing import Any

from infra.alerting.rules import RULES

_WIDTH, _HEIGHT, _A_ROW = 8, 8, 3


@dataclass(frozen=True, slots=True)
class Panel:
    """A question, and the lines that answer it: an expression each, and what the line is called."""

    title: str
    lines: tuple[tuple[str, str], ...]
    unit: str = "short"


def _p95(histogram: str, by: str) -> str:
    return f"histogram_quantile(0.95, sum by (le, {by}) (rate({histogram}_bucket[5m])))"


DASHBOARDS: dict[str, tuple[Panel, ...]] = {
    "Runs": (
        Panel("Runs that ended", (("sum by (status) (rate(agent_run_duration_seconds_count[5m]))", "{{status}}"),)),
        Panel("How long runs take, p95", ((_p95("agent_run_duration_seconds", "status"), "{{status}}"),), "s"),
        Panel("Steps that ended", (("sum by (status) (rate(agent_step_duration_seconds_count[5m]))", "{{status}}"),)),
        Panel(
            "Steps that wait",
            (
                ("max by (queue_name) (sqs_messages_visible)", "{{queue_name}}"),
                ("max(steps_in_line)", "in line for a slot"),
            ),
        ),
        Panel(
            "How long steps wait for a worker, p95", ((_p95("workflow_queue_wait_seconds", "kind"), "{{kind}}"),), "s"
        ),
        Panel(
            "Workers",
            (
                ("sum(worker_slots)", "slots"),
                ("sum(worker_steps_running)", "running"),
                ("max(workers_present)", "workers"),
            ),
        ),
        Panel(
            "Hangs found",
            (("sum by (cause, recovery) (increase(workflow_stalls_total[1h]))", "{{cause}}: {{recovery}}"),),
        ),
    ),
    "Models and money": (
        Panel(
            "Attempts at providers",
            (("sum by (provider, status) (rate(llm_requests_total[5m]))", "{{provider}} {{status}}"),),
        ),
        Panel(
            "Time of an attempt, p95",
            ((_p95("llm_latency_seconds", "provider, model"), "{{provider}} {{model}}"),),
            "s",
        ),
        Panel("Tokens", (("sum by (provider, model) (rate(agent_token_usage_total[5m]))", "{{provider}} {{model}}"),)),
        Panel(
            "Dollars an hour",
            (("sum by (provider) (increase(agent_cost_usd_total[1h]))", "{{provider}}"),),
            "currencyUSD",
        ),
        Panel("Breakers", (("max by (provider) (llm_circuit_breaker_state)", "{{provider}}"),)),
        Panel(
            "Refused",
            (
                ("sum(increase(llm_rate_limit_hits_total[5m]))", "by a rate"),
                ('sum(increase(http_requests_total{service="llm_gateway", status="402"}[5m]))', "by a budget"),
            ),
        ),
        Panel("Held and not yet recorded", (("sum(llm_open_holds)", "holds"), ("sum(llm_events_pending)", "events"))),
    ),
    "Services": (
        Panel("Up", (("min by (job) (up)", "{{job}}"),)),
        Panel(
            "Requests",
            (("sum by (service, status) (rate(http_requests_total[5m]))", "{{service}} {{status}}"),),
            "reqps",
        ),
        Panel("Time of a request, p95", ((_p95("http_request_duration_seconds", "service"), "{{service}}"),), "s"),
        Panel("Tool jobs", (("sum by (tool, status) (rate(tool_jobs_total[5m]))", "{{tool}} {{status}}"),)),
        Panel("Deliveries of webhooks", (("sum by (outcome) (rate(webhook_deliveries_total[5m]))", "{{outcome}}"),)),
        Panel(
            "Spans",
            (
                ("sum by (to) (rate(trace_spans_sent_total[5m]))", "to {{to}}"),
                ("sum by (reason) (rate(trace_spans_dropped_total[5m]))", "dropped: {{reason}}"),
            ),
        ),
    ),
    "Alerts": tuple(Panel(rule.name, ((rule.condition.promql(), rule.severity.value),)) for rule in RULES),
}


def dashboard(title: str) -> dict[str, Any]:
    """As Grafana imports it; it asks for the Prometheus that holds the metrics."""
    return {
        "title": f"Lockstep: {title}",
        "uid": f"lockstep-{title.lower().replace(' ', '-')}",
        "schemaVersion": 39,
        "editable": False,
        "time": {"from": "now-6h", "to": "now"},
        "refresh": "30s",
        "templating": {"list": [{"name": "source", "type": "datasource", "query": "prometheus"}]},
        "panels": [_panel(at, panel) for at, panel in enumerate(DASHBOARDS[title])],
    }


def _panel(at: int, panel: Panel) -> dict[str, Any]:
    return {
        "id": at + 1,
        "type": "timeseries",
        "title": panel.title,
        "datasource": {"type": "prometheus", "uid": "${source}"},
        "gridPos": {"x": at % _A_ROW * _WIDTH, "y": at // _A_ROW * _HEIGHT, "w": _WIDTH, "h": _HEIGHT},
        "fieldConfig": {"defaults": {"unit": panel.unit}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + number), "expr": expression, "legendFormat": legend}
            for number, (expression, legend) in enumerate(panel.lines)
        ],
    }
