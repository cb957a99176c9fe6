"""The Prometheus figures that more than one service reports, and how a process shows them.

They name tenants, so they stand on a port of their own that only the platform reaches, never on a tenants' port.
"""

from functools import lru_cache
from typing import Literal

from prometheus_client import Counter, Gauge, Histogram, start_http_server
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

_LATENCY = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1, 2.5, 5, 10)
_DURATION = (0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)

HTTP_REQUESTS = Counter("http_requests_total", "Requests answered", ["service", "method", "status"])
HTTP_DURATION = Histogram(
    "http_request_duration_seconds", "Time to answer a request", ["service", "endpoint"], buckets=_LATENCY
)
RUN_DURATION = Histogram(
    "agent_run_duration_seconds", "From creation to end of a run", ["tenant_id", "status"], buckets=_DURATION
)
STEP_DURATION = Histogram(
    "agent_step_duration_seconds", "From first claim to end of a step", ["step_name", "status"], buckets=_DURATION
)
UNKNOWN_OUTCOMES = Counter(
    "tool_outcomes_unknown_total",
    "Tools that were started, are not to run twice, and whose outcome nobody knows, by what followed",
    ["tool", "policy"],
)
RUNS_STALLED = Counter(
    "workflow_stalls_total", "Places where an open run hung, by cause and by what was done", ["cause", "recovery"]
)
TIMEOUTS = Counter("workflow_timeouts_total", "Runs, and steps, that ended because their time was over", ["scope"])
LEASES_RECLAIMED = Counter(
    "workflow_leases_reclaimed_total", "Steps taken from a holder that is gone, so that what they held is free again"
)
ALLOCATIONS_RECLAIMED = Counter(
    "workflow_allocations_reclaimed_total", "Named resources that such a holder, or one that hung, did not give back"
)
QUOTA_REFUSALS = Counter(
    "quota_refusals_total", "What did not begin, or was not kept, as a quota was used up", ["quota", "scope"]
)
CONTENT_EXPIRED = Counter(
    "content_expired_total", "Runs of which a kind of content was removed, as its days were over", ["content"]
)
QUEUE_VISIBLE = Gauge("sqs_messages_visible", "Messages waiting in a queue", ["queue_name"])
STEPS_IN_LINE = Gauge("steps_in_line", "Steps of all tenants that could run and wait for a slot or a resource")

TASKS = Gauge("ecs_task_count", "1 of each task of a service, so that their sum is how many there are", ["service"])

SPANS_SENT = Counter("trace_spans_sent_total", "Spans that were stored or exported, by where", ["to"])
SPANS_DROPPED = Counter("trace_spans_dropped_total", "Spans that nobody will see, by why", ["reason"])


class MetricsSettings(BaseSettings):
    """Read from `LOCKSTEP_METRICS_…`."""

    model_config = SettingsConfigDict(env_prefix="LOCKSTEP_METRICS_")

    host: Literal["127.0.0.1", "0.0.0.0"] = "127.0.0.1"  # noqa: S104 - a container's port that only the platform reaches
    step_names: bool = Field(
        default=False, description="whether figures of steps name them; names are tenants' words, and each is a series"
    )
    port: int | None = Field(default=None, ge=1, le=65_535, description="of `/metrics`; without it nothing is shown")


@lru_cache(maxsize=1)
def _shows_step_names() -> bool:
    return MetricsSettings().step_names


def step_label(name: str, kind: str | None) -> str:
    """What `step_name` says of a step: its kind, or its name where the platform wants to see names."""
    return name if _shows_step_names() else kind or "unknown"


def serve(service: str) -> None:
    """Shows all figures of this task of a service on the internal port, from a thread of its own, until it ends."""
    TASKS.labels(service).set(1)
    settings = MetricsSettings()
    if settings.port is not None:
        start_http_server(settings.port, addr=settings.host)
