"""What a run tells when it has ended, whatever way: its output, its failures, its books."""

from typing import Any

import pytest

from fixtures.running.stack import Member, Stack

pytestmark = pytest.mark.stack

NOTHING_BELOW = {"tokens": 0, "cost_usd": "0"}
"""What runs below the run have used."""

SLOW = "import time; print('begun', flush=True); time.sleep(60)"


def tool(name: str, code: str, **step: Any) -> dict[str, Any]:
    return {"name": name, "kind": "tool", "tool": "code.python", "arguments": {"code": code}, **step}


def reached(member: Member, run_id: str, **wanted: str) -> None:
    """Returns when each of these steps has the state."""

    def all_there() -> bool:
        steps = member.steps(run_id)
        return all(steps.get(name, {}).get("status") == status for name, status in wanted.items())

    assert member.until(all_there), member.steps(run_id)


def tool_rows(stack: Stack, run_id: str) -> list[str]:
    with stack.superuser() as connection:
        return [row[0] for row in connection.execute("SELECT status FROM tool_events WHERE run_id = %s", [run_id])]


def test_a_cancelled_run_gives_what_its_steps_gave_and_lists_their_failures(member: Member) -> None:
    steps = [{"name": "ok", "kind": "noop"}, tool("bad", "raise SystemExit(3)"), tool("slow", SLOW)]
    run = member.start({"steps": steps})
    reached(member, run["id"], ok="SUCCESS", bad="FAILED", slow="RUNNING")
    with member.api() as api:
        cancelled = api.delete(f"/runs/{run['id']}").json()
    assert cancelled["status"] == "CANCELLED"
    assert cancelled["output"] == {"ok": {"attempt": 1}}
    assert cancelled["error"]["code"] == "cancelled"
    assert [failure["step"] for failure in cancelled["error"]["failures"]] == ["bad"]


def test_a_run_that_is_cancelled_before_it_begins_gives_nothing(member: Member) -> None:
    run = member.start({"steps": [{"name": "ok", "kind": "noop"}]})
    with member.api() as api:
        answer = api.delete(f"/runs/{run['id']}")
    # It may have ended by itself in the meantime, and then it is not cancelled.
    if answer.status_code == 200:
        assert answer.json()["error"]["failures"] == []


@pytest.mark.parametrize("policy", ["graceful", "abort"])
def test_a_run_over_its_time_keeps_its_results_unless_its_task_says_abort(member: Member, policy: str) -> None:
    steps = [{"name": "ok", "kind": "noop"}, tool("slow", SLOW, needs=["ok"])]
    run = member.ended(member.start({"timeout_seconds": 4, "on_timeout": policy, "steps": steps})["id"])
    assert run["status"] == "TIMED_OUT", run
    assert run["output"] == ({"ok": {"attempt": 1}} if policy == "graceful" else None)


@pytest.mark.parametrize("way", ["succeeded", "failed", "step timed out", "run timed out", "cancelled"])
def test_the_audit_row_of_a_tool_ends_with_its_step_whatever_way_that_is(
    stack: Stack, member: Member, way: str
) -> None:
    code = {"succeeded": "print(1)", "failed": "raise SystemExit(3)"}.get(way, SLOW)
    limits = {"step timed out": {"timeout_seconds": 2}}.get(way, {})
    task = {"run timed out": {"timeout_seconds": 4}}.get(way, {})
    run = member.start({"steps": [tool("a", code, **limits)], **task})
    if way == "cancelled":
        reached(member, run["id"], a="RUNNING")
        assert member.until(lambda: tool_rows(stack, run["id"]))
        with member.api() as api:
            api.delete(f"/runs/{run['id']}")
    member.ended(run["id"])
    ends = {
        "succeeded": {"SUCCEEDED"},
        "failed": {"FAILED"},
        "step timed out": {"TIMED_OUT"},
        "run timed out": {"CANCELLED", "TIMED_OUT"},
        "cancelled": {"CANCELLED"},
    }
    assert set(tool_rows(stack, run["id"])) <= ends[way]
    assert len(tool_rows(stack, run["id"])) == 1


def test_the_usage_of_an_ended_run_becomes_final_and_grows_no_more(member: Member) -> None:
    steps = [{"name": f"ask{number}", "kind": "llm", "prompt": "How are you?"} for number in range(3)]
    run = member.start({"steps": steps})
    assert run["usage"] == {"tokens": 0, "cost_usd": "0", "final": False, "below": NOTHING_BELOW}
    ended = member.ended(run["id"])
    assert ended["status"] == "COMPLETED", ended
    final = member.until(lambda: found if (found := member.run(run["id"]))["usage"]["final"] else None)
    assert final is not None
    # Finalize had waited for the ledger: the figures of the end were the last ones.
    assert final["usage"]["tokens"] == ended["usage"]["tokens"] > 0
    with member.api() as api:
        figures = api.get(f"/runs/{run['id']}/metrics").json()
    assert (figures["final"], figures["tokens"]) == (True, final["usage"]["tokens"])
    assert sum(model["calls"] for model in figures["models"]) == 3


def test_a_run_that_asked_no_model_has_final_usage_too(member: Member) -> None:
    run = member.ended(member.start({"steps": [{"name": "ok", "kind": "noop"}]})["id"])
    final = {"tokens": 0, "cost_usd": "0", "final": True, "below": NOTHING_BELOW}
    assert member.until(lambda: member.run(run["id"])["usage"] == final)
