"""Runs are explained through the API, and those that hang are listed, told of and repaired."""

from typing import Any

import pytest

from fixtures.running.stack import Member, Stack

pytestmark = pytest.mark.stack

FAILS = "raise SystemExit('there is no such file')"
PLAN: list[dict[str, Any]] = [
    {"name": "load", "kind": "tool", "tool": "code.python", "arguments": {"code": FAILS}},
    {"name": "count", "kind": "noop", "needs": ["load"]},
    {"name": "tell", "kind": "noop", "needs": ["count"]},
    {"name": "beside", "kind": "noop"},
]
ASKS: list[dict[str, Any]] = [
    {"name": "review", "kind": "approval", "message": "May it?", "roles": ["admin"]},
    {"name": "send", "kind": "noop", "needs": ["review"]},
]


def explained(member: Member, run_id: str) -> dict[str, Any]:
    with member.api() as api:
        return dict(api.get(f"/runs/{run_id}/explain").raise_for_status().json())


def listed(member: Member, *, stuck: bool) -> set[str]:
    with member.api() as api:
        page = api.get("/runs", params={"stuck": str(stuck).lower()}).raise_for_status().json()
    return {run["id"] for run in page["items"]}


def test_a_run_that_failed_says_by_what_and_what_that_blocked(member: Member) -> None:
    run = member.ended(member.start({"steps": PLAN})["id"])
    explanation = explained(member, run["id"])
    assert explanation["summary"].startswith("The run failed: step load: ")
    assert explanation["summary"].endswith("Of 4 steps: 1 succeeded, 1 failed, 2 skipped. A retry goes on at load.")
    blocked = {one["step"]: one["causes"] for one in explanation["blocked"]}
    assert set(blocked) == {"count", "tell"}
    for causes in blocked.values():
        [cause] = causes
        assert (cause["cause"], cause["step"], cause["error"]["code"]) == ("failed", "load", "exit_code")
        assert cause["error"]["trace_id"]


def test_a_run_that_only_admins_may_decide_hangs_where_there_is_none(stack: Stack, member: Member) -> None:
    """The task was made while there was an admin, who is gone now."""
    with stack.superuser() as connection:
        connection.execute(
            "UPDATE memberships SET role = 'admin' WHERE tenant_id = %s AND user_id = %s",
            [member.tenant_id, member.user_id],
        )
    run = member.start({"steps": ASKS})
    member.until(lambda: explained(member, run["id"])["waits"][0]["for"] == "approval")
    assert run["id"] not in listed(member, stuck=True)
    with stack.superuser() as connection:
        connection.execute(
            "UPDATE memberships SET role = 'member' WHERE tenant_id = %s AND user_id = %s",
            [member.tenant_id, member.user_id],
        )
    assert listed(member, stuck=True) == {run["id"]}
    assert run["id"] not in listed(member, stuck=False)
    explanation = explained(member, run["id"])
    assert explanation["stuck"]
    assert {one["step"]: one["causes"][0]["cause"] for one in explanation["blocked"]} == {
        "review": "nobody_may_decide",
        "send": "nobody_may_decide",
    }
    with member.api() as api:
        api.delete(f"/runs/{run['id']}").raise_for_status()
    assert listed(member, stuck=True) == set()


def test_a_run_whose_steps_wait_for_each_other_is_found_and_ended_with_the_circle(stack: Stack, member: Member) -> None:
    """No task can be made so; its rows are bent while the run waits."""
    plan = [*ASKS, {"name": "archive", "kind": "noop", "needs": ["send"]}]
    plan[0] = {"name": "review", "kind": "approval", "message": "May it?"}
    run = member.start({"steps": plan})
    member.until(lambda: explained(member, run["id"])["waits"][0]["for"] == "approval")
    with stack.superuser() as connection:
        connection.execute(
            """UPDATE steps SET needs = '{archive}', unmet_needs = 1, wait_reason = 'dependency'
               WHERE run_id = %s AND name = 'review'""",
            [run["id"]],
        )
        connection.execute("DELETE FROM approvals WHERE run_id = %s", [run["id"]])
        connection.execute(
            """UPDATE runs SET progressed_at = now() - interval '5 min', clock_since = now(), awaits_approval = false
               WHERE run_id = %s""",
            [run["id"]],
        )
    ended = member.ended(run["id"])
    assert (ended["status"], ended["error"]["code"]) == ("FAILED", "deadlocked")
    assert ended["error"]["detail"] == "these steps wait for each other: review -> send -> archive -> review"
