"""Runs under control: cancelled, paused, timed out, out of budget, and able to say what they wait for."""

from datetime import datetime
from typing import Any

import boto3
import httpx
import pytest

from fixtures.running.stack import Member, Stack

pytestmark = pytest.mark.stack


def tool(name: str, code: str, **step: Any) -> dict[str, Any]:
    return {"name": name, "kind": "tool", "tool": "code.python", "arguments": {"code": code}, **step}


def noop(name: str, *needs: str) -> dict[str, Any]:
    return {"name": name, "kind": "noop", "needs": list(needs)}


SLEEP = "import time; print('begun', flush=True); time.sleep({seconds})"


def running(member: Member, run_id: str, step: str) -> None:
    assert member.until(lambda: member.steps(run_id).get(step, {}).get("status") == "RUNNING"), member.run(run_id)


def execution(stack: Stack, run_id: str, generation: int = 1) -> str:
    arn = stack["LOCKSTEP_STATE_MACHINE_ARN"].replace(":stateMachine:", ":execution:") + f":{run_id}-{generation}"
    return str(boto3.client("stepfunctions").describe_execution(executionArn=arn)["status"])


def test_cancel_reaches_the_tool_in_flight_and_the_execution(stack: Stack, member: Member) -> None:
    run = member.start({"steps": [tool("slow", SLEEP.format(seconds=60)), noop("after", "slow")]})
    running(member, run["id"], "slow")
    with member.api() as api:
        cancelled = api.delete(f"/runs/{run['id']}")
        assert cancelled.json()["status"] == "CANCELLED"
        assert api.delete(f"/runs/{run['id']}").status_code == 200
        assert api.post(f"/runs/{run['id']}/pause").status_code == 409
    assert {step["status"] for step in member.steps(run["id"]).values()} == {"CANCELLED"}
    assert member.until(lambda: execution(stack, run["id"]) == "ABORTED")
    launcher = stack["LOCKSTEP_LAUNCHER_METRICS_URL"]
    assert member.until(lambda: running_jobs(launcher) == 0)


def running_jobs(launcher: str) -> float:
    lines = httpx.get(launcher).text.splitlines()
    return sum(float(line.split()[-1]) for line in lines if line.startswith("tool_jobs_running"))


def test_pause_lets_the_claimed_step_end_and_resume_runs_only_the_rest(stack: Stack, member: Member) -> None:
    run = member.start({"steps": [tool("first", SLEEP.format(seconds=2)), tool("second", "print(1)", needs=["first"])]})
    running(member, run["id"], "first")
    with member.api() as api:
        assert api.post(f"/runs/{run['id']}/pause").json()["status"] == "PAUSED"
        waits = api.get(f"/runs/{run['id']}/explain").json()
        assert waits["waits"][0]["for"] == "pause"
        assert member.until(lambda: member.steps(run["id"])["first"]["status"] == "SUCCESS")
        assert member.until(lambda: execution(stack, run["id"]) == "ABORTED")
        assert member.steps(run["id"])["second"]["status"] in {"QUEUED", "WAITING"}
        assert member.run(run["id"])["status"] == "PAUSED"
        assert api.post(f"/runs/{run['id']}/resume").json()["generation"] == 2
    ended = member.ended(run["id"])
    assert ended["status"] == "COMPLETED"
    assert member.steps(run["id"])["first"]["attempt"] == 1
    assert execution(stack, run["id"], 2) in {"RUNNING", "SUCCEEDED"}


def test_a_step_over_its_time_fails_and_what_depends_on_it_is_skipped(member: Member) -> None:
    slow = tool("slow", SLEEP.format(seconds=60), timeout_seconds=1)
    run = member.ended(member.start({"steps": [slow, noop("after", "slow"), noop("beside")]})["id"])
    steps = member.steps(run["id"])
    assert run["status"] == "FAILED"
    assert steps["slow"]["error"]["code"] in {"step_timed_out", "wall_time"}
    assert (steps["after"]["status"], steps["beside"]["status"]) == ("SKIPPED", "SUCCESS")
    assert steps["after"]["error"]["causes"][0]["step"] == "slow"
    assert run["output"] == {"beside": {"attempt": 1}}


def test_a_run_over_its_time_keeps_what_it_has(member: Member) -> None:
    steps = [noop("quick"), tool("slow", SLEEP.format(seconds=60), needs=["quick"])]
    run = member.ended(member.start({"timeout_seconds": 4, "steps": steps})["id"])
    assert run["status"] == "TIMED_OUT", run
    assert run["error"]["code"] == "run_timed_out"
    assert run["output"] == {"quick": {"attempt": 1}}
    assert member.steps(run["id"])["slow"]["status"] == "CANCELLED"


def test_a_failed_step_ends_the_run_when_the_task_says_so(member: Member) -> None:
    steps = [tool("bad", "raise SystemExit(3)"), tool("slow", SLEEP.format(seconds=60)), noop("after", "slow")]
    run = member.ended(member.start({"on_step_failure": "fail", "steps": steps})["id"])
    assert run["status"] == "FAILED"
    assert member.steps(run["id"])["slow"]["status"] == "CANCELLED"
    assert run["error"]["failures"][0]["code"] == "exit_code"


def test_a_run_without_room_in_its_budget_ends_as_budget_exceeded(member: Member) -> None:
    ask = {"name": "ask", "kind": "llm", "prompt": "How are you?"}
    run = member.start(
        {"budget": {"tokens": 500_000, "cost_usd": "5"}, "steps": [ask]}, budget={"cost_usd": "0.000001"}
    )
    assert run["budget"] == {"tokens": 500_000, "cost_usd": "0.000001"}
    ended = member.ended(run["id"])
    assert ended["status"] == "BUDGET_EXCEEDED", ended
    assert {name: ended["usage"][name] for name in ("tokens", "cost_usd")} == {"tokens": 0, "cost_usd": "0"}


def test_a_spent_tenant_pauses_the_run_and_says_so(stack: Stack, member: Member) -> None:
    with stack.superuser() as connection:
        connection.execute(
            """INSERT INTO budgets (tenant_id, scope, scope_id, period, limit_nano_usd)
               VALUES (%s, 'tenant', %s, 'day', 1)""",
            [member.tenant_id, member.tenant_id],
        )
    run = member.start({"steps": [{"name": "ask", "kind": "llm", "prompt": "How are you?"}]})
    assert member.until(lambda: member.run(run["id"])["status"] == "PAUSED"), member.run(run["id"])
    with member.api() as api:
        [wait] = api.get(f"/runs/{run['id']}/explain").json()["waits"]
        assert wait["for"] == "budget"
        assert "tenant budget (day)" in wait["detail"], "which budget has no room"
        assert "reset at " in wait["detail"], "and when its window ends"
        tried_again = datetime.fromisoformat(wait["ends_by"]) - datetime.fromisoformat(wait["since"])
        assert 299 < tried_again.total_seconds() < 310, "as docs/reference/limits.md says"
        assert api.delete(f"/runs/{run['id']}").json()["status"] == "CANCELLED"


def test_an_open_run_always_says_what_it_waits_for(member: Member) -> None:
    run = member.start({"steps": [tool("slow", SLEEP.format(seconds=3)), noop("after", "slow")]})
    seen: set[str] = set()
    with member.api() as api:
        while (said := api.get(f"/runs/{run['id']}/explain").json())["status"] in {"PENDING", "RUNNING"}:
            assert said["waits"], said
            seen |= {wait["for"] for wait in said["waits"]}
            assert all(wait["since"] for wait in said["waits"])
    assert {"worker", "dependency"} <= seen


def test_an_execution_ended_from_outside_ends_its_run(stack: Stack, member: Member) -> None:
    run = member.start({"steps": [tool("slow", SLEEP.format(seconds=60))]})
    running(member, run["id"], "slow")
    arn = stack["LOCKSTEP_STATE_MACHINE_ARN"].replace(":stateMachine:", ":execution:") + f":{run['id']}-1"
    boto3.client("stepfunctions").stop_execution(executionArn=arn, cause="somebody pressed stop")
    assert member.ended(run["id"])["status"] == "CANCELLED"


def test_more_than_forty_steps_run_in_the_distributed_map(member: Member) -> None:
    steps = [noop(f"s{number}") for number in range(44)]
    run = member.ended(member.start({"steps": [*steps, noop("last", "s0", "s43")]})["id"])
    assert run["status"] == "COMPLETED", run
    assert len(member.steps(run["id"])) == 45


def test_metrics_name_what_was_spent_by_step_and_by_model(member: Member) -> None:
    run = member.ended(member.start({"steps": [{"name": "ask", "kind": "llm", "prompt": "How are you?"}]})["id"])
    assert run["status"] == "COMPLETED", run
    assert member.until(lambda: member.run(run["id"])["usage"]["tokens"] > 0)
    with member.api() as api:
        figures = api.get(f"/runs/{run['id']}/metrics").json()
    assert [model["calls"] for model in figures["models"]] == [1]
    assert figures["cost_usd"] == figures["steps"][0]["cost_usd"] == figures["models"][0]["cost_usd"]
    assert figures["tokens"] == figures["models"][0]["tokens"] > 0
