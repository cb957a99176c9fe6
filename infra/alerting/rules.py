"""The alerts of the platform: what raises each, how bad it is, and the page that says what to do."""

from dataclasses import dataclass
from enum import StrEnum

from infra.alerting.conditions import Above, Condition, Down, Grew, Reached, Series, Share

JOBS = ("control-plane", "orchestrator", "llm-gateway", "tool-runtime")
"""The services by the names under which they are scraped."""


class Severity(StrEnum):
    """Whom an alert reaches: somebody at once, a team in its hours, or nobody who has not asked."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class AlertRule:
    """One alert. It is raised when its condition has held for so many minutes."""

    name: str
    severity: Severity
    condition: Condition
    minutes: int
    summary: str
    runbook: str
    """A file of `docs/runbooks/`."""


RULES = (
    AlertRule(
        "ServiceDown",
        Severity.CRITICAL,
        Down(JOBS),
        1,
        "A service does not answer on its metrics port.",
        "service-down.md",
    ),
    AlertRule(
        "CircuitBreakerOpen",
        Severity.CRITICAL,
        Reached(Series("llm_circuit_breaker_state"), "provider", 2),
        1,
        "A provider fails so often that the gateways do not call it for now.",
        "open-breaker.md",
    ),
    AlertRule(
        "WorkerBreakerOpen",
        Severity.CRITICAL,
        Reached(Series("worker_circuit_breaker_state"), "breaker", 2),
        1,
        "Workers cannot reach the gateway or the tool runtime, or a kind of step fails by a fault of ours.",
        "open-breaker.md",
    ),
    AlertRule(
        "EgressServiceMissing",
        Severity.CRITICAL,
        Above((Series("tool_egress_missing"),), 0),
        2,
        "No egress service is there, so that no job of a tool reaches anything outside, models included.",
        "no-egress-service.md",
    ),
    AlertRule(
        "StepFailures",
        Severity.WARNING,
        Share(
            Series("agent_step_duration_seconds_count", {"status": "FAILED"}),
            Series("agent_step_duration_seconds_count"),
            minutes=10,
            more_than=0.1,
            of_at_least=20,
        ),
        0,
        "More than a tenth of the steps that ended in ten minutes have failed.",
        "step-failures.md",
    ),
    AlertRule(
        "Backlog",
        Severity.WARNING,
        Above((Series("sqs_messages_visible", {"queue_name": "steps"}), Series("steps_in_line")), 1000),
        5,
        "More than a thousand steps wait for a worker.",
        "backlog.md",
    ),
    AlertRule(
        "DeadLetters",
        Severity.WARNING,
        Above((Series("sqs_messages_visible", {"queue_name": "steps-dlq"}),), 0),
        5,
        "A message could be handled by no worker, and the dead-letter consumer has not taken it.",
        "backlog.md",
    ),
    AlertRule(
        "RunsOutOfBudget",
        Severity.INFO,
        Grew(Series("agent_run_duration_seconds_count", {"status": "BUDGET_EXCEEDED"}), minutes=10),
        0,
        "Runs ended because their budget was spent.",
        "budget-exceeded.md",
    ),
    AlertRule(
        "CallsOverBudget",
        Severity.INFO,
        Grew(Series("http_requests_total", {"service": "llm_gateway", "status": "402"}), minutes=10),
        0,
        "Model calls were refused because a budget was spent, or a kill switch is engaged.",
        "budget-exceeded.md",
    ),
    AlertRule(
        "SpansDropped",
        Severity.INFO,
        Grew(Series("trace_spans_dropped_total"), minutes=15, more_than=100),
        0,
        "Traces have holes: spans found no room, or were not taken.",
        "backlog.md",
    ),
)
