"""A tenant's backlog delays another tenant's first job by no more than one job's end."""

from typing import Any

import pytest

from fixtures.running.stack import Member, Stack, new_member

pytestmark = [pytest.mark.stack, pytest.mark.serial]


def sleeping(name: str, seconds: float) -> dict[str, Any]:
    code = f"import time; time.sleep({seconds})"
    return {"name": name, "kind": "tool", "tool": "code.python", "arguments": {"code": code}}


def begun(member: Member, run_id: str) -> int:
    return sum(step["started_at"] is not None for step in member.steps(run_id).values())


def test_with_forty_jobs_queued_by_one_tenant_a_neighbours_short_step_runs_within_its_time(stack: Stack) -> None:
    """The neighbour's step has three seconds, and each of the others takes five: a wait in line would fail it."""
    greedy, neighbour = new_member(stack), new_member(stack)
    backlog = greedy.start({"steps": [sleeping(f"s{number}", 5) for number in range(40)]})
    assert greedy.until(lambda: begun(greedy, backlog["id"]) >= 4), "the backlog has not begun"
    quick = {**sleeping("quick", 0), "timeout_seconds": 3}
    run = neighbour.ended(neighbour.start({"steps": [quick]})["id"])
    assert run["status"] == "COMPLETED", run
    assert begun(greedy, backlog["id"]) < 40, "the neighbour waited until the whole backlog had begun"
    with greedy.api() as api:
        waits = api.get(f"/runs/{backlog['id']}/explain").json()["waits"]
        assert {wait["for"] for wait in waits} == {"slot", "worker"}
        assert api.delete(f"/runs/{backlog['id']}").json()["status"] == "CANCELLED"
