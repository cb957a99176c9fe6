"""What a run took lies within what was estimated before it began, whatever steps it has."""

import random
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest
import yaml

from fixtures.running.agent_runs import uploaded
from fixtures.running.stack import Member, Stack
from foundation.cloud.executions.base import execution_name

pytestmark = pytest.mark.stack

SAMPLES = Path(__file__).parents[3] / "samples"
AGENT = {
    "name": "explore",
    "kind": "agent",
    "model": "penguins-agent",
    "instructions": "Explore.",
    "tools": ["code.python"],
    "files": "${input.files}",
    "max_turns": 8,
}
RANDOM_RUNS, SEED = 3, 20
FULL_RUNS = 60


def a_task(member: Member, steps: list[dict[str, Any]], **task: Any) -> dict[str, Any]:
    with member.api() as api:
        answer = api.post("/tasks", json={"name": f"task-{uuid4().hex[:12]}", "steps": steps, **task})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def estimated(member: Member, task_id: str, **body: Any) -> dict[str, Any]:
    with member.api() as api:
        answer = api.post(f"/tasks/{task_id}/estimate", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def begun(member: Member, task_id: str, **body: Any) -> str:
    with member.api() as api:
        return str(api.post("/runs", json={"task_id": task_id, **body}).raise_for_status().json()["id"])


def billed(member: Member, run_id: str) -> dict[str, Any]:
    """The run with its whole bill."""

    def final() -> dict[str, Any] | None:
        run = member.run(run_id)
        return run if run["usage"]["final"] else None

    found = member.until(final)
    assert found, member.run(run_id)
    return dict(found)


def runs_below(member: Member, run_id: str) -> list[str]:
    with member.api() as api:
        below = [one["id"] for one in api.get("/runs", params={"parent_run_id": run_id}).json()["items"]]
    return [run_id, *(inner for one in below for inner in runs_below(member, one))]


def fullest_history(stack: Stack, run_ids: list[str]) -> int:
    """Events of the fullest of the runs' own executions."""
    machine = stack["LOCKSTEP_STATE_MACHINE_ARN"].replace(":stateMachine:", ":execution:")
    pages = boto3.client("stepfunctions").get_paginator("get_execution_history")
    return max(
        sum(len(page["events"]) for page in pages.paginate(executionArn=f"{machine}:{execution_name(one, 1)}"))
        for one in run_ids
    )


def holds(stack: Stack, member: Member, told: dict[str, Any], run_id: str) -> dict[str, Any]:
    """The run, of which each figure lies within its bounds."""
    run = billed(member, run_id)
    every = runs_below(member, run_id)
    usage = run["usage"]
    with stack.superuser() as connection:
        row = connection.execute(
            "SELECT count(DISTINCT call_key) FROM llm_events WHERE run_id = ANY(%s::uuid[])", [every]
        ).fetchone()
    assert row is not None
    seconds = (datetime.fromisoformat(run["ended_at"]) - datetime.fromisoformat(run["started_at"])).total_seconds()
    actual: dict[str, Any] = {
        "cost_usd": Decimal(usage["cost_usd"]) + Decimal(usage["below"]["cost_usd"]),
        "tokens": usage["tokens"] + usage["below"]["tokens"],
        "turns": row[0],
        "events": fullest_history(stack, every),
        "seconds": seconds,
    }
    for name, figure in actual.items():
        bounds = told[name]
        least = Decimal(bounds["least"]) if run["status"] == "COMPLETED" else 0
        assert bounds["most"] is not None, (name, told)
        # Of its seconds a smooth run has only those in which workers hold its steps.
        most = bounds["most"] if name == "seconds" else bounds["smooth"]
        assert least <= Decimal(str(figure)) <= Decimal(most) <= Decimal(bounds["most"]), (name, told, run)
    return run


def test_each_kind_of_step_and_a_run_below_stay_within_their_bounds(stack: Stack, member: Member) -> None:
    inner = a_task(member, [{"name": "say", "kind": "llm", "prompt": "Say ${input.word}."}])
    steps: list[dict[str, Any]] = [
        AGENT,
        {"name": "each", "kind": "llm", "foreach": "${input.words}", "prompt": "Say ${item}."},
        {"name": "below", "kind": "run", "task": inner["name"], "input": {"word": "${input.words[0]}"}},
        {"name": "never", "kind": "llm", "prompt": "Say no.", "when": "${length(input.words) == `0`}"},
        {"name": "sum", "kind": "llm", "needs": ["each", "below"], "prompt": "${steps.each.output[].text}"},
    ]
    task = a_task(member, steps)
    given = {"files": [uploaded(member)], "words": ["one", "two", "three"]}
    told = estimated(member, task["id"], input=given)
    run = member.ended(begun(member, task["id"], input=given))
    assert run["status"] == "COMPLETED", (run, member.steps(run["id"]))
    run = holds(stack, member, told, run["id"])
    actual = {step["name"]: step for step in member.steps(run["id"]).values()}
    for step in told["steps"]:
        tokens = actual[step["name"]]["tokens"]
        assert tokens <= step["tokens"]["smooth"], step
    assert told["would_fail"] == []
    # The bounds of any input hold for this one as well.
    wider = estimated(member, task["id"])
    for name in ("tokens", "turns"):
        assert wider[name]["least"] <= told[name]["least"] <= told[name]["most"] <= wider[name]["most"]


@pytest.mark.full
@pytest.mark.parametrize("sample", [pytest.param("penguins", marks=pytest.mark.full), "field-report"])
def test_the_samples_stay_within_their_budgets(stack: Stack, member: Member, sample: str) -> None:
    definition = yaml.safe_load((SAMPLES / sample / "task.yaml").read_text(encoding="utf-8"))
    for step in definition["steps"]:
        code = str(step.get("arguments", {}).get("code", ""))
        if code.startswith("@"):
            step["arguments"]["code"] = (SAMPLES / sample / code[1:]).read_text(encoding="utf-8")
    del definition["name"]
    task = a_task(member, **definition)
    told = estimated(member, task["id"], input={"files": [uploaded(member)]})
    assert told["cost_usd"]["most"] == definition["budget"]["cost_usd"].rstrip("0").rstrip(".")
    assert told["would_fail"] == []
    run_id = begun(member, task["id"], input={"files": [uploaded(member)]})
    approve(member, run_id)
    assert member.ended(run_id, seconds=200)["status"] == "COMPLETED"
    holds(stack, member, told, run_id)
    assert [one["step"] for one in told["unbounded"]] == (["review"] if sample == "field-report" else [])


def approve(member: Member, run_id: str) -> None:
    """Approves what the run asks, if it asks."""

    def asked() -> Any:
        with member.api() as api:
            [*open_requests] = api.get("/approvals", params={"status": "pending"}).json()["items"]
        own = [one for one in open_requests if one["run_id"] == run_id]
        return own or member.run(run_id)["ended_at"]

    found = member.until(asked, seconds=200)
    if isinstance(found, list):
        with member.api() as api:
            api.post(f"/approvals/{found[0]['id']}", json={"decision": "approve"}).raise_for_status()


def test_a_run_that_spends_its_budget_has_been_bounded_by_it(member: Member) -> None:
    each = {"name": "each", "kind": "llm", "foreach": "${input.words}", "prompt": "Say ${item}.", "max_tokens": 300}
    task = a_task(member, [each], budget={"tokens": 500})
    given = {"words": [str(n) for n in range(30)]}
    assert estimated(member, task["id"], input=given)["tokens"]["most"] == 500
    run = member.ended(begun(member, task["id"], input=given))
    assert run["status"] == "BUDGET_EXCEEDED"
    assert billed(member, run["id"])["usage"]["tokens"] <= 500


def test_the_most_seconds_are_those_until_the_runs_deadline(member: Member) -> None:
    slow = {"name": "slow", "kind": "tool", "tool": "code.python", "arguments": {"code": "import time; time.sleep(60)"}}
    task = a_task(member, [slow], timeout_seconds=77)
    run_id = begun(member, task["id"])
    run = member.until(lambda: (run := member.run(run_id))["deadline_at"] and run)
    allowed = datetime.fromisoformat(run["deadline_at"]) - datetime.fromisoformat(run["started_at"])
    assert estimated(member, task["id"])["seconds"]["most"] == allowed.total_seconds() == 77
    with member.api() as api:
        api.delete(f"/runs/{run_id}").raise_for_status()


def random_steps(draw: random.Random) -> list[dict[str, Any]]:
    """A small plan of steps that need some of those before them, under conditions and over lists."""
    steps: list[dict[str, Any]] = []
    for place in range(draw.randint(1, 6)):
        step: dict[str, Any] = {"name": f"s{place}", "kind": draw.choice(["noop", "llm", "llm", "agent"])}
        if step["kind"] == "llm":
            step |= {"prompt": draw.choice(["Say ${input.word}.", "Say it."]), "max_tokens": draw.randint(20, 200)}
        if step["kind"] == "agent":
            step |= {"instructions": "Answer ${input.word}.", "max_turns": draw.randint(1, 3)}
        step["needs"] = draw.sample([one["name"] for one in steps], k=draw.randint(0, min(2, len(steps))))
        if draw.random() < 0.3:
            step["when"] = draw.choice(
                ["${input.yes}", "${input.yes == `false`}", "${input.word}", "${length(input.rows) > `1`}"]
            )
        if draw.random() < 0.4:
            step |= {"foreach": draw.choice(["${input.rows}", "${input.rows[:1]}", "${input.none}"]), "max_parallel": 2}
        if draw.random() < 0.2:
            step["on_failure"] = "continue"
        before = [one["name"] for one in steps if one["name"] in step["needs"] and one["kind"] == "llm"]
        if step["kind"] == "llm" and before and draw.random() < 0.5:
            step["prompt"] = f"Repeat ${{steps.{before[0]}.output || 'nothing'}}"
        steps.append(step)
    return steps


@pytest.mark.parametrize(
    "count", [RANDOM_RUNS, pytest.param(FULL_RUNS, marks=pytest.mark.full)], ids=lambda n: f"{n}-plans"
)
def test_random_plans_stay_within_their_bounds(stack: Stack, member: Member, count: int) -> None:
    draw = random.Random(SEED)
    given = {"word": "penguin", "rows": [1, 2, 3], "none": [], "yes": True}
    begun_runs = []
    for _ in range(count):
        task = a_task(member, random_steps(draw))
        begun_runs.append((estimated(member, task["id"], input=given), begun(member, task["id"], input=given)))
    completed = 0
    for told, run_id in begun_runs:
        run = member.ended(run_id, seconds=300)
        failed = {name for name, step in member.steps(run_id).items() if step["status"] == "FAILED"}
        assert failed <= {one["step"] for one in told["would_fail"]}, (told, run, failed)
        completed += run["status"] == "COMPLETED"
        holds(stack, member, told, run_id)
    assert completed > count / 2
