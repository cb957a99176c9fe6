"""Tasks that run other tasks: outputs, failures, pauses, cancels and budgets go through both, whatever dies."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from fixtures.running.stack import Member, Stack
from fixtures.running.workers import a_worker, without_supervised_worker

pytestmark = pytest.mark.stack


def program(name: str, code: str, **step: Any) -> dict[str, Any]:
    return {"name": name, "kind": "tool", "tool": "code.python", "arguments": {"code": code}, **step}


DOUBLE = [
    {
        "name": "double",
        "kind": "tool",
        "tool": "code.python",
        "arguments": {
            "inputs": {"n": "${input.n}"},
            "code": "import json; print(json.load(open('/work/in/inputs.json'))['n'] * 2, end='')",
        },
    }
]
SLEEPS = [program("slow", "import time; time.sleep(60)")]


def a_task(member: Member, steps: list[dict[str, Any]], **task: Any) -> str:
    """The name of a new task of the member's tenant."""
    name = f"task-{uuid4().hex[:12]}"
    with member.api() as api:
        answer = api.post("/tasks", json={"name": name, "steps": steps, **task})
    assert answer.status_code == 201, answer.text
    return name


def child_of(member: Member, run_id: str, step: str = "below") -> dict[str, Any]:
    """The run that the step has started."""
    found = member.until(lambda: member.steps(run_id).get(step, {}).get("child_run_id"))
    assert found, member.steps(run_id)
    return member.run(found)


def until_status(member: Member, run_id: str, *wanted: str, seconds: float = 60) -> None:
    found = member.until(lambda: member.run(run_id)["status"] in wanted, seconds=seconds)
    assert found, member.run(run_id)


def test_a_task_runs_another_and_reads_its_output(member: Member) -> None:
    inner = a_task(member, DOUBLE)
    steps = [
        {"name": "below", "kind": "run", "task": inner, "input": {"n": "${input.n}"}},
        {"name": "tell", "kind": "noop", "needs": ["below"], "when": "${steps.below.output.double.stdout == '42'}"},
    ]
    run = member.start({"steps": steps}, input={"n": 21})
    ended = member.ended(run["id"])
    assert ended["status"] == "COMPLETED", ended
    timeline = member.steps(run["id"])
    assert timeline["tell"]["status"] == "SUCCESS"
    child = member.run(timeline["below"]["child_run_id"])
    assert (child["parent_run_id"], child["parent_step"]) == (run["id"], "below")
    assert (child["input"], child["task_version"], child["trace_id"]) == ({"n": 21}, 1, ended["trace_id"])
    with member.api() as api:
        [listed] = api.get(f"/runs?parent_run_id={run['id']}").json()["items"]
    assert listed["id"] == child["id"]


def test_each_item_of_a_list_may_be_a_run(member: Member) -> None:
    inner = a_task(member, DOUBLE)
    steps = [{"name": "below", "kind": "run", "task": inner, "foreach": "${input.list}", "input": "${ {n: item} }"}]
    run = member.start({"steps": steps}, input={"list": [1, 2, 3]})
    ended = member.ended(run["id"])
    assert ended["status"] == "COMPLETED", ended
    assert [item["double"]["stdout"] for item in ended["output"]["below"]] == ["2", "4", "6"]


def test_a_failure_below_is_told_with_its_run_and_is_mended_by_a_retry(member: Member) -> None:
    inner = a_task(member, [{"name": "ok", "kind": "noop"}, program("bad", "raise SystemExit(3)", needs=["ok"])])
    run = member.start({"steps": [{"name": "below", "kind": "run", "task": inner}]})
    ended = member.ended(run["id"])
    assert ended["status"] == "FAILED"
    [failure] = ended["error"]["failures"]
    child = child_of(member, run["id"])
    assert failure["code"] == "sub_run_failed"
    [cause] = failure["causes"]
    assert (cause["code"], cause["step"], cause["run_id"]) == ("exit_code", "bad", child["id"])
    assert cause["trace_id"]
    with member.api() as api:
        refused = api.post(f"/runs/{child['id']}/retry", json={})
        assert (refused.status_code, refused.json()["type"]) == (409, "urn:lockstep:problem:conflict")
        api.post(f"/runs/{run['id']}/retry", json={}).raise_for_status()
    assert member.ended(run["id"])["status"] == "FAILED"
    again = child_of(member, run["id"])
    assert (again["id"], again["generation"]) == (child["id"], 2)
    assert member.steps(child["id"])["ok"]["attempt"] == 1, "what had succeeded was not done again"
    assert member.steps(run["id"])["below"]["attempt"] == 2


def test_a_cancel_reaches_the_work_of_every_run_below(member: Member) -> None:
    innermost = a_task(member, SLEEPS)
    inner = a_task(member, [{"name": "deeper", "kind": "run", "task": innermost}])
    run = member.start({"steps": [{"name": "below", "kind": "run", "task": inner}]})
    child = child_of(member, run["id"])
    grandchild = child_of(member, child["id"], "deeper")
    assert member.until(lambda: member.steps(grandchild["id"]).get("slow", {}).get("status") == "RUNNING")
    with member.api() as api:
        assert api.delete(f"/runs/{run['id']}").json()["status"] == "CANCELLED"
    for below in (child, grandchild):
        until_status(member, below["id"], "CANCELLED")


def test_a_pause_holds_what_is_below_until_the_run_is_resumed(member: Member) -> None:
    slow = program("slow", "import time; time.sleep(1)")
    inner = a_task(member, [slow, {"name": "b", "kind": "noop", "needs": ["slow"]}])
    run = member.start({"steps": [{"name": "below", "kind": "run", "task": inner}]})
    child = child_of(member, run["id"])
    with member.api() as api:
        api.post(f"/runs/{run['id']}/pause").raise_for_status()
        until_status(member, child["id"], "PAUSED")
        assert member.run(child["id"])["pause_reason"] == "parent"
        refused = api.post(f"/runs/{child['id']}/resume")
        assert (refused.status_code, run["id"] in refused.json()["remedy"]) == (409, True)
        [wait] = api.get(f"/runs/{child['id']}/explain").json()["waits"]
        assert (wait["for"], run["id"] in wait["detail"]) == ("pause", True)
        api.post(f"/runs/{run['id']}/resume").raise_for_status()
    assert member.ended(run["id"])["status"] == "COMPLETED"
    assert member.run(child["id"])["status"] == "COMPLETED"


def test_a_time_out_of_the_step_bounds_its_run(member: Member) -> None:
    inner = a_task(member, SLEEPS)
    run = member.start({"steps": [{"name": "below", "kind": "run", "task": inner, "timeout_seconds": 2}]})
    assert member.ended(run["id"])["status"] == "FAILED"
    child = child_of(member, run["id"])
    assert child["status"] == "TIMED_OUT"
    assert member.steps(run["id"])["below"]["error"]["causes"][0]["code"] == "run_timed_out"


def test_what_is_below_spends_within_the_budget_of_every_run_above(member: Member) -> None:
    call = {"kind": "llm", "prompt": "Hello.", "max_tokens": 20}
    inner = a_task(member, [{"name": "a", **call}, {"name": "b", "needs": ["a"], **call}], budget={"tokens": 1_000_000})
    free = member.start({"steps": [{"name": "below", "kind": "run", "task": inner}]})
    assert member.ended(free["id"])["status"] == "COMPLETED"
    assert member.until(lambda: child_of(member, free["id"])["usage"]["final"])
    used = child_of(member, free["id"])["usage"]["tokens"]
    whole = member.run(free["id"])["usage"]
    assert (whole["tokens"], whole["below"]["tokens"]) == (0, used)

    tight = member.start({"steps": [{"name": "below", "kind": "run", "task": inner}], "budget": {"tokens": used - 1}})
    ended = member.ended(tight["id"])
    child = child_of(member, tight["id"])
    assert (ended["status"], child["status"]) == ("FAILED", "BUDGET_EXCEEDED")
    assert member.steps(tight["id"])["below"]["error"]["causes"][0]["code"] == "budget_exceeded"
    assert member.until(lambda: child_of(member, tight["id"])["usage"]["final"])
    assert member.run(tight["id"])["usage"]["below"]["tokens"] < used


def test_runs_below_take_none_of_the_places_of_the_tenant(member: Member) -> None:
    """A run that waits for its own could otherwise wait for the place that it holds itself."""
    inner = a_task(member, DOUBLE)
    steps = [{"name": f"below{n}", "kind": "run", "task": inner, "input": {"n": n}} for n in range(4)]
    run = member.start({"steps": steps})
    ended = member.ended(run["id"])
    assert ended["status"] == "COMPLETED", ended


@pytest.mark.serial
@pytest.mark.parametrize(
    "place", [pytest.param("awaits_run.before_commit", marks=pytest.mark.full), "awaits_run.after_commit"]
)
def test_a_worker_that_dies_as_it_starts_a_run_has_started_one(
    stack: Stack, member: Member, tmp_path: Path, place: str
) -> None:
    inner = a_task(member, DOUBLE)
    with without_supervised_worker():
        run = member.start({"steps": [{"name": "below", "kind": "run", "task": inner, "input": {"n": 2}}]})
        dying = a_worker(stack, tmp_path, failpoint=place)
        dying.start(ready=None)
        assert dying.died() == -9
        living = a_worker(stack, tmp_path)
        living.start()
        try:
            ended = member.ended(run["id"])
        finally:
            living.kill()
    assert ended["status"] == "COMPLETED", ended
    with member.api() as api:
        assert len(api.get(f"/runs?parent_run_id={run['id']}").json()["items"]) == 1


@pytest.mark.serial
@pytest.mark.parametrize("place", [pytest.param("follow.before_commit", marks=pytest.mark.full), "follow.after_commit"])
def test_a_worker_that_dies_as_a_run_follows_is_followed_by_one_that_has_it_follow(
    stack: Stack, member: Member, tmp_path: Path, place: str
) -> None:
    inner = a_task(member, [{"name": "ask", "kind": "approval", "message": "Well?"}])
    with without_supervised_worker():
        dying = a_worker(stack, tmp_path, failpoint=place)
        dying.start()
        run = member.start({"steps": [{"name": "below", "kind": "run", "task": inner}]})
        child = child_of(member, run["id"])
        assert member.until(lambda: member.steps(child["id"]).get("ask", {}).get("status") == "WAITING")
        with member.api() as api:
            api.delete(f"/runs/{run['id']}").raise_for_status()
        assert dying.died() == -9
        living = a_worker(stack, tmp_path)
        living.start()
        try:
            until_status(member, child["id"], "CANCELLED", seconds=90)
        finally:
            living.kill()
