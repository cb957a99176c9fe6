"""The Prometheus figures that more than one service reports, and how a process shows them."""

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, Gauge, Histogram, generate_latest

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
QUEUE_VISIBLE = Gauge("sqs_messages_visible", "Messages waiting in a queue", ["queue_name"])


def exposition() -> tuple[bytes, str]:
    """All figures of this process in Prometheus' text format, and its content type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
