"""Alerts that runs raise on the stack, each by its cause."""

import pytest

from fixtures.alerting.evaluation import Scrape, is_raised, scraped
from fixtures.running.stack import Member, Stack
from fixtures.waiting import until

pytestmark = pytest.mark.stack

JOBS = {
    "control-plane": "LOCKSTEP_API_METRICS_URL",
    "llm-gateway": "LOCKSTEP_GATEWAY_METRICS_URL",
    "tool-runtime": "LOCKSTEP_LAUNCHER_METRICS_URL",
    "orchestrator": "LOCKSTEP_WORKER_METRICS_URL",
}
FAILING = 30


def figures(stack: Stack) -> Scrape:
    return scraped({job: stack[name] for job, name in JOBS.items()})


def test_a_run_whose_budget_is_spent_raises_runs_out_of_budget(stack: Stack, member: Member) -> None:
    before = figures(stack)
    step = {"name": "tell", "kind": "llm", "prompt": "Count the penguins."}
    run = member.ended(member.start({"steps": [step], "budget": {"tokens": 1}})["id"])
    assert run["status"] == "BUDGET_EXCEEDED", run
    until(lambda: is_raised("RunsOutOfBudget", before, figures(stack)) or None, "the alert RunsOutOfBudget")
    assert is_raised("CallsOverBudget", before, figures(stack))


def test_steps_that_fail_raise_step_failures(stack: Stack, member: Member) -> None:
    before = figures(stack)
    steps = [{"name": f"s{at}", "kind": "llm", "prompt": "Say ${input.nothing}"} for at in range(FAILING)]
    run = member.ended(member.start({"steps": steps})["id"])
    assert run["status"] == "FAILED", run
    until(lambda: is_raised("StepFailures", before, figures(stack)) or None, "the alert StepFailures")


def test_every_service_of_the_stack_is_up(stack: Stack) -> None:
    seen = figures(stack)
    assert not is_raised("ServiceDown", seen, seen)
