"""What a program prints is in the run's events while it runs."""

from typing import Any

import pytest

from fixtures.running.stack import Member

pytestmark = pytest.mark.stack

PRINTS = {
    "code.python": "import time\nprint('first line', flush=True)\ntime.sleep(600)",
    "code.node": "console.log('first line'); await new Promise((later) => setTimeout(later, 600_000));",
}


def progress_of(member: Member, run_id: str) -> list[dict[str, Any]]:
    with member.api() as api:
        items = api.get(f"/runs/{run_id}/events", params={"limit": 200}).raise_for_status().json()["items"]
    return [item["data"] for item in items if item["type"] == "step.progress"]


@pytest.mark.parametrize("tool", PRINTS)
def test_what_a_program_prints_is_told_while_it_runs(member: Member, tool: str) -> None:
    step = {"name": "prints", "kind": "tool", "tool": tool, "arguments": {"code": PRINTS[tool]}}
    run = member.start({"steps": [step]})
    assert member.until(lambda: progress_of(member, run["id"]))
    [told] = progress_of(member, run["id"])
    assert (told["name"], told["tool"], told["lines"], told["left_out"]) == ("prints", tool, ["first line"], 0)
    assert member.steps(run["id"])["prints"]["status"] == "RUNNING"
    with member.api() as api:
        assert api.delete(f"/runs/{run['id']}").is_success
    assert member.ended(run["id"])["status"] == "CANCELLED"


def test_a_program_that_ends_at_once_has_its_output_in_its_result_alone(member: Member) -> None:
    step = {"name": "prints", "kind": "tool", "tool": "code.python", "arguments": {"code": "print('all')"}}
    run = member.ended(member.start({"steps": [step]})["id"])
    assert run["output"]["prints"]["stdout"] == "all\n"
    assert progress_of(member, run["id"]) == []
