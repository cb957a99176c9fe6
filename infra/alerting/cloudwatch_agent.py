"""How CloudWatch's agent carries the metrics of the alerts into CloudWatch, where alarms read them."""

from typing import Any

from infra.alerting.conditions import Above, Condition, Grew, Reached, Series, Share
from infra.alerting.rules import RULES

NAMESPACE = "Lockstep"
ALIVE = "process_start_time_seconds"
"""What every process shows for as long as it lives."""


def agent_document() -> dict[str, Any]:
    """The part `logs.metrics_collected` of the agent's configuration; it finds the services by its own scrape file."""
    declared = [
        {
            "source_labels": ["job"],
            "label_matcher": ".*",
            "dimensions": [list(dimensions)],
            "metric_selectors": [f"^{metric}$"],
        }
        for metric, dimensions in sorted(carried())
    ]
    emf = {"metric_namespace": NAMESPACE, "metric_declaration": declared}
    return {
        "logs": {
            "metrics_collected": {
                "prometheus": {"prometheus_config_path": "env:PROMETHEUS_CONFIG_CONTENT", "emf_processor": emf}
            }
        }
    }


def carried() -> set[tuple[str, tuple[str, ...]]]:
    """Each metric with the labels that it has as dimensions."""
    watched = {(one.metric, tuple(one.where)) for rule in RULES for one in series_of(rule.condition)}
    return {(ALIVE, ("job",)), *watched}


def series_of(condition: Condition) -> tuple[Series, ...]:
    """What CloudWatch has to be told for a condition; nothing of one that it knows by itself."""
    match condition:
        case Above():
            return condition.series
        case Reached() | Grew():
            return (condition.series,)
        case Share():
            return (condition.part, condition.whole)
    return ()
