"""What is made of the alerts: the files are those of the rules, and name only metrics that services show."""

import re
import shutil
import subprocess
from importlib import import_module

import pytest
import yaml
from aws_cdk import App, Stack
from aws_cdk.assertions import Template
from prometheus_client import REGISTRY, Counter, Gauge, Histogram

from architecture.sources import ROOT, python_files
from infra.alerting.__main__ import FILES, files
from infra.alerting.conditions import Down, metrics_of
from infra.alerting.dashboards import DASHBOARDS
from infra.alerting.rules import JOBS, RULES, AlertRule
from infra.capabilities.alerts import Alerts

_NAME = re.compile(r"\b[a-z][a-z0-9]*(?:_[a-z0-9]+)+\b")
_OF_PROMQL = {"histogram_quantile"}
_PROMETHEUS_OWN = {"up"}
_LABELS = {"queue_name"}


def shown() -> set[str]:
    """The names of all series of ours, of every module that makes a metric."""
    for file in python_files("services"):
        if "prometheus_client" in file.read_text(encoding="utf-8") and file.name != "evaluation.py":
            import_module(".".join(file.relative_to(ROOT / "services").with_suffix("").parts))
    names: set[str] = set()
    for metric in list(REGISTRY._collector_to_names):
        if isinstance(metric, Counter | Gauge | Histogram):
            names |= set(REGISTRY._collector_to_names[metric])
    return names


def test_the_files_are_those_of_the_rules() -> None:
    made = files()
    assert {file.name for file in FILES.iterdir()} == set(made)
    stale = [name for name, text in made.items() if (FILES / name).read_text(encoding="utf-8") != text]
    assert stale == [], "run `make alert-files` and read what has changed"


def test_alerts_and_dashboards_name_only_metrics_that_services_show() -> None:
    expressions = [line for panels in DASHBOARDS.values() for panel in panels for line, _ in panel.lines]
    expressions += [rule.condition.promql() for rule in RULES]
    bare = [re.sub(r'"[^"]*"|by \([^)]*\)', "", expression) for expression in expressions]
    named = {name for text in bare for name in _NAME.findall(text)} - _OF_PROMQL - _PROMETHEUS_OWN - _LABELS
    assert named - shown() == set()
    assert len(named) > 20


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_alert_has_a_page_that_says_what_to_do(rule: AlertRule) -> None:
    page = ROOT / "docs" / "runbooks" / rule.runbook
    assert rule.name in page.read_text(encoding="utf-8")
    assert isinstance(rule.condition, Down) or metrics_of(rule.condition)


def test_each_alert_is_an_alarm_of_cloudwatch() -> None:
    stack = Stack(App(), "Test")
    Alerts(stack, "Alerts", topic_name="alerts").watch_services()
    alarms = Template.from_stack(stack).find_resources("AWS::CloudWatch::Alarm")
    told = [alarm["Properties"]["AlarmDescription"] for alarm in alarms.values()]
    assert len(told) == len(RULES) - 1 + len(JOBS)
    for rule in RULES:
        assert any(rule.summary in text for text in told), rule.name
    assert all(alarm["Properties"]["AlarmActions"] for alarm in alarms.values())


def test_the_rules_have_the_form_that_prometheus_reads() -> None:
    """Where `promtool` is installed it has its say as well; it is a large program, and no part of the set-up."""
    file = FILES / "prometheus-rules.yaml"
    [group] = yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]
    assert set(group) == {"name", "interval", "rules"}
    for rule in group["rules"]:
        assert set(rule) | {"for"} == {"alert", "expr", "for", "labels", "annotations"}
        assert re.fullmatch(r"\d+[smh]", rule.get("for", "0s")), rule["alert"]
    if promtool := shutil.which("promtool"):
        done = subprocess.run([promtool, "check", "rules", str(file)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
