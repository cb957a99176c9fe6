"""Steps that may be left out, that may fail, and that are tried again because their task says so."""

from typing import Any

import pytest

from fixtures.running.stack import Member

pytestmark = pytest.mark.stack


def tool(name: str, code: str, *needs: str, **step: Any) -> dict[str, Any]:
    return {
        "name": name,
        "kind": "tool",
        "tool": "code.python",
        "needs": list(needs),
        "arguments": {"code": code, **step.pop("arguments", {})},
        **step,
    }


WRITES = "import json; json.dump('{name}', open('/work/out/result.json', 'w'))"
ECHOES = "import shutil; shutil.copy('/work/in/inputs.json', '/work/out/result.json')"


def branch(name: str, condition: str) -> dict[str, Any]:
    return tool(name, WRITES.format(name=name), "begin", when=condition)


def events(member: Member, run_id: str, kind: str) -> list[dict[str, Any]]:
    with member.stack.superuser() as connection:
        found = connection.execute(
            "SELECT data FROM run_events WHERE run_id = %s AND type = %s ORDER BY seq", [run_id, kind]
        )
        return [data for (data,) in found]


def turns_of_jobs(member: Member, run_id: str, step: str) -> list[int]:
    with member.stack.superuser() as connection:
        found = connection.execute(
            "SELECT e.turn FROM tool_events e JOIN steps s USING (tenant_id, step_id)"
            " WHERE s.run_id = %s AND s.name = %s ORDER BY e.turn",
            [run_id, step],
        )
        return [turn for (turn,) in found]


BRANCHES = [
    {"name": "begin", "kind": "noop"},
    branch("left", "${input.side == 'left'}"),
    branch("right", "${input.side == 'right'}"),
    tool("reads_left", ECHOES, "left", arguments={"inputs": "${steps.left.output.result}"}),
    {"name": "beside_left", "kind": "noop", "needs": ["left"]},
    tool(
        "joined",
        ECHOES,
        "left",
        "right",
        arguments={"inputs": "${steps.left.output.result || steps.right.output.result}"},
    ),
]


def test_of_two_branches_one_runs_and_they_join_again(member: Member) -> None:
    run = member.ended(member.start({"steps": BRANCHES}, input={"side": "right"})["id"])
    steps = member.steps(run["id"])
    assert run["status"] == "COMPLETED", run
    assert {name: step["status"] for name, step in steps.items()} == {
        "begin": "SUCCESS",
        "left": "SKIPPED",
        "right": "SUCCESS",
        "reads_left": "SKIPPED",
        "beside_left": "SUCCESS",
        "joined": "SUCCESS",
    }
    assert steps["joined"]["output"]["result"] == "right"
    assert steps["left"]["skip_reason"]["code"] == "condition_false"
    assert steps["left"]["skip_reason"]["detail"] == "its condition ${input.side == 'left'} is false"
    assert steps["reads_left"]["skip_reason"]["code"] == "input_missing"
    assert "steps.left.output.result" in steps["reads_left"]["skip_reason"]["detail"]
    assert [step["excused"] for step in steps.values()] == [step["status"] == "SKIPPED" for step in steps.values()]
    assert {step["error"] for step in steps.values()} == {None}
    assert set(run["output"]) == {"beside_left", "joined"}
    skipped = events(member, run["id"], "step.skipped")
    assert {event["name"]: event["reason"]["code"] for event in skipped} == {
        "left": "condition_false",
        "reads_left": "input_missing",
    }


def test_a_condition_that_gives_no_answer_fails_its_step(member: Member) -> None:
    run = member.ended(member.start({"steps": BRANCHES}, input={"side": "left"})["id"])
    assert run["status"] == "COMPLETED"
    asks = [{"name": "asks", "kind": "noop", "when": "${input.side}"}]
    run = member.ended(member.start({"steps": asks}, input={"side": "left"})["id"])
    assert run["status"] == "FAILED"
    error = member.steps(run["id"])["asks"]["error"]
    assert error["code"] == "expression_failed"
    assert error["detail"].startswith("/when: ${input.side} gives a text, and a condition must give true or false")


def test_a_run_goes_on_after_a_failure_that_its_task_excuses(member: Member) -> None:
    steps = [
        tool("flaky", "raise SystemExit(3)", on_failure="continue"),
        {"name": "beside", "kind": "noop", "needs": ["flaky"]},
        tool("reads", ECHOES, "flaky", arguments={"inputs": "${steps.flaky.output.result}"}),
        tool("defaults", ECHOES, "flaky", arguments={"inputs": "${steps.flaky.output.result || 'nothing'}"}),
    ]
    run = member.ended(member.start({"steps": steps})["id"])
    states = {name: (step["status"], step["excused"]) for name, step in member.steps(run["id"]).items()}
    assert run["status"] == "COMPLETED", run
    assert states == {
        "flaky": ("FAILED", True),
        "beside": ("SUCCESS", False),
        "reads": ("SKIPPED", True),
        "defaults": ("SUCCESS", False),
    }
    assert run["output"]["defaults"]["result"] == "nothing"
    assert member.steps(run["id"])["flaky"]["error"]["code"] == "exit_code"


def test_one_steps_failure_may_end_the_run_of_a_task_that_is_patient(member: Member) -> None:
    steps = [
        tool("vital", "raise SystemExit(3)", on_failure="fail"),
        tool("slow", "import time; time.sleep(60)"),
    ]
    run = member.ended(member.start({"steps": steps})["id"])
    assert run["status"] == "FAILED"
    assert member.steps(run["id"])["slow"]["status"] == "CANCELLED"


def test_a_step_is_tried_again_after_the_failures_that_its_task_names(member: Member) -> None:
    again = tool("again", "raise SystemExit(3)", retry={"attempts": 2, "on": ["exit_code"]})
    once = tool("once", "raise SystemExit(3)")
    run = member.ended(member.start({"steps": [again, once]})["id"])
    steps = member.steps(run["id"])
    assert (steps["again"]["attempt"], steps["once"]["attempt"]) == (2, 1)
    assert {step["status"] for step in steps.values()} == {"FAILED"}
    retrying = events(member, run["id"], "step.retrying")
    assert [(event["name"], event["error"]["code"]) for event in retrying] == [("again", "exit_code")]
    # each attempt was a job of its own: what the first recorded is not read as the second's result
    assert turns_of_jobs(member, run["id"], "again") == [0, 1]
