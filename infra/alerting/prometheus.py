"""The alerts as a rules file of Prometheus."""

from typing import Any

from infra.alerting.rules import RULES, AlertRule

GROUP = "lockstep"


def rules_document() -> dict[str, Any]:
    """As `rule_files` of Prometheus names it. The scrape's jobs have the names of `JOBS`."""
    return {"groups": [{"name": GROUP, "interval": "30s", "rules": [_rule(rule) for rule in RULES]}]}


def _rule(rule: AlertRule) -> dict[str, Any]:
    waits = {"for": f"{rule.minutes}m"} if rule.minutes else {}
    return {
        "alert": rule.name,
        "expr": rule.condition.promql(),
        **waits,
        "labels": {"severity": rule.severity.value},
        "annotations": {"summary": rule.summary, "runbook": f"docs/runbooks/{rule.runbook}"},
    }
