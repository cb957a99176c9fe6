"""An agent whose calls people approve, through the API: shown, decided, made once, whatever dies meanwhile."""

from pathlib import Path
from typing import Any

import pytest

from fixtures.running.agent_runs import TOOL_CALLS, TURNS, counted, uploaded
from fixtures.running.stack import Member, Stack
from fixtures.running.workers import a_worker, without_supervised_worker

pytestmark = pytest.mark.stack


def started(member: Member, approve: Any = "always") -> dict[str, Any]:
    """An agent of four turns, each of which but the last calls a tool."""
    step = {
        "name": "explore",
        "kind": "agent",
        "model": "penguins-agent",
        "instructions": "Explore.",
        "tools": [{"name": "code.python", "approve": approve}],
        "files": "${input.files}",
    }
    return member.start({"steps": [step]}, input={"files": [uploaded(member)]})


def request_of(member: Member, run_id: str, *, turn: int) -> dict[str, Any]:
    """The pending request of this turn."""

    def look() -> Any:
        with member.api() as api:
            items = api.get(f"/approvals?status=pending&run_id={run_id}").raise_for_status().json()["items"]
        return [item for item in items if item["call"]["turn"] == turn]

    found = member.until(look, seconds=90)
    assert found, member.run(run_id)
    [request] = found
    return dict(request)


def decide(member: Member, request: dict[str, Any], **decision: Any) -> None:
    with member.api() as api:
        headers = {"If-Match": f'"{request["version"]}"'}
        answer = api.post(f"/approvals/{request['id']}", json={"decision": "approve", **decision}, headers=headers)
    assert answer.status_code == 200, answer.text


def test_every_call_is_approved_and_made_once(stack: Stack, member: Member) -> None:
    run = started(member)
    for turn in range(TOOL_CALLS):
        request = request_of(member, run["id"], turn=turn)
        assert request["call"]["tool"] == "code.python"
        assert "pd.read_csv" in request["call"]["arguments"]["code"]
        assert member.steps(run["id"])["explore"]["status"] == "WAITING"
        decide(member, request)
        with member.api() as api:
            again = api.post(f"/approvals/{request['id']}", json={"decision": "reject"})
        assert again.status_code == 409
    ended = member.ended(run["id"])
    assert ended["status"] == "COMPLETED", ended
    assert "penguins" in ended["output"]["explore"]["text"]
    assert member.until(lambda: counted(stack, run["id"])["calls succeeded"] >= TURNS)
    found = counted(stack, run["id"])
    assert (found["jobs"], found["jobs succeeded"], found["calls"], found["calls succeeded"]) == (3, 3, TURNS, TURNS)


def test_a_pause_between_does_not_ask_again(member: Member) -> None:
    run = started(member, "${call.tool == 'code.python' && input.files}")
    # A rule must say true or false; a list is neither.
    assert member.ended(run["id"])["error"]["failures"][0]["code"] == "expression_failed"
    run = started(member)
    request = request_of(member, run["id"], turn=0)
    with member.api() as api:
        api.post(f"/runs/{run['id']}/pause").raise_for_status()
        decide(member, request)
        api.post(f"/runs/{run['id']}/resume").raise_for_status()
    assert request_of(member, run["id"], turn=1)["id"] != request["id"]
    with member.api() as api:
        waits = api.get(f"/runs/{run['id']}/explain").json()["waits"]
        assert [wait["for"] for wait in waits] == ["approval"]
        assert api.delete(f"/runs/{run['id']}").json()["status"] == "CANCELLED"


@pytest.mark.serial
@pytest.mark.parametrize(
    "place",
    [
        pytest.param("asked.before_commit", marks=pytest.mark.full),
        pytest.param("asked.after_commit", marks=pytest.mark.full),
        pytest.param("tool.before_submit", marks=pytest.mark.full),
        "tool.after_submit",
        pytest.param("turn.before_commit", marks=pytest.mark.full),
    ],
)
def test_a_worker_that_dies_around_an_approved_call_asks_once_and_makes_it_once(
    stack: Stack, member: Member, tmp_path: Path, place: str
) -> None:
    with without_supervised_worker():
        dying = a_worker(stack, tmp_path, failpoint=place)
        dying.start(ready=None)
        run = started(member)
        if not place.startswith("asked"):
            decide(member, request_of(member, run["id"], turn=0))
        assert dying.died() == -9
        living = a_worker(stack, tmp_path)
        living.start()
        try:
            for turn in range(0 if place.startswith("asked") else 1, TOOL_CALLS):
                decide(member, request_of(member, run["id"], turn=turn))
            ended = member.ended(run["id"])
        finally:
            living.kill()
    assert ended["status"] == "COMPLETED", ended
    found = counted(stack, run["id"])
    assert (found["jobs"], found["jobs succeeded"], found["calls"]) == (TOOL_CALLS, TOOL_CALLS, TURNS)
    with stack.superuser() as connection:
        row = connection.execute(
            "SELECT count(*), count(DISTINCT approval_id), max(version) FROM approvals WHERE run_id = %s", [run["id"]]
        ).fetchone()
    assert row == (TOOL_CALLS, TOOL_CALLS, 2)
