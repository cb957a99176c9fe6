"""The parts of a step's time add up to it, and lie within what others have measured of it."""

from datetime import datetime
from typing import Any

import pytest

from fixtures.running.stack import Member, Stack

pytestmark = pytest.mark.stack

SLEEPS = {"code": "import time; time.sleep(0.4); print('slept')"}
STEPS: list[dict[str, Any]] = [
    {"name": "sleep", "kind": "tool", "tool": "code.python", "arguments": SLEEPS},
    {"name": "say", "kind": "llm", "model": "default", "prompt": "Say a word.", "needs": ["sleep"]},
    {"name": "again", "kind": "tool", "tool": "code.python", "retry": {"attempts": 2, "on": ["exit_code"]},
     "arguments": {"code": "raise SystemExit(1)"}, "on_failure": "continue"},
    {"name": "ask", "kind": "approval", "message": "May it?", "needs": ["say"]},
    {"name": "last", "kind": "noop", "needs": ["ask"]},
]  # fmt: skip


def times(member: Member, run_id: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    cursor = ""
    with member.api() as api:
        while True:
            page = api.get(f"/runs/{run_id}/times?limit=4{cursor}").raise_for_status().json()
            found |= {one["name"]: one for one in page["items"]}
            if page["next_cursor"] is None:
                return found
            cursor = f"&cursor={page['next_cursor']}"


def test_the_parts_of_each_steps_time_add_up_and_tell_what_it_was_for(stack: Stack, member: Member) -> None:
    run = member.start({"steps": STEPS})
    [request] = member.until(lambda: _requests(member, run["id"]))
    member.until(lambda: times(member, run["id"])["ask"]["parts"]["wait"] > 300)
    with member.api() as api:
        api.post(f"/approvals/{request['id']}", json={"decision": "approve"}).raise_for_status()
    member.ended(run["id"])
    found = times(member, run["id"])
    with member.api() as api:
        listed = api.get(f"/runs/{run['id']}/steps").raise_for_status().json()["items"]
    assert list(found) == [step["name"] for step in listed]
    for one in found.values():
        wall = datetime.fromisoformat(one["ended_at"]) - datetime.fromisoformat(one["began_at"])
        assert sum(one["parts"].values()) == one["wall_ms"], one
        assert abs(one["wall_ms"] - wall.total_seconds() * 1000) <= 1, one
    parts = {name: one["parts"] for name, one in found.items()}
    assert parts["sleep"]["tool"] >= 400
    assert parts["sleep"]["model"] == parts["sleep"]["needs"] == 0
    assert parts["say"]["needs"] >= parts["sleep"]["tool"]
    with stack.superuser() as connection:
        [[latency]] = connection.execute(
            "SELECT sum(latency_ms) FROM llm_events WHERE run_id = %s", [run["id"]]
        ).fetchall()
    assert parts["say"]["model"] >= latency - 1
    assert parts["again"]["wait"] > 0, "the pause before its second attempt"
    assert parts["ask"]["wait"] > 300
    assert parts["last"]["needs"] > parts["ask"]["wait"]


def _requests(member: Member, run_id: str) -> list[dict[str, Any]] | None:
    with member.api() as api:
        return api.get("/approvals", params={"run_id": run_id, "status": "pending"}).json()["items"] or None
