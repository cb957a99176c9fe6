"""A worker dies around a tool that is not to run twice: what is known is taken, and of the rest a person decides."""

from typing import Any

import pytest

from fixtures.running.stack import Member, Stack, new_member
from fixtures.running.workers import Workers

pytestmark = [pytest.mark.stack, pytest.mark.serial, pytest.mark.timeout(180)]

STEPS: list[dict[str, Any]] = [
    {"name": "send", "kind": "tool", "tool": "code.python", "arguments": {"code": "print('sent')"}, "effect": "once"},
    {"name": "after", "kind": "noop", "needs": ["send"]},
]


def started_by_the_dead(workers: Workers, owner: Member, place: str) -> dict[str, Any]:
    """A run whose first worker died at this place; another one works now."""
    doomed = workers(failpoint=place)
    run = owner.start({"steps": STEPS})
    assert doomed.died() == -9, doomed.log()
    workers()
    return run


def starts(stack: Stack, run_id: str) -> int:
    with stack.superuser() as connection:
        row = connection.execute("SELECT attempts FROM tool_events WHERE run_id = %s", [run_id]).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.full
def test_a_result_that_the_launcher_has_is_taken_without_a_question(quiet: Stack, workers: Workers) -> None:
    owner = new_member(quiet)
    run = started_by_the_dead(workers, owner, "tool.after_submit")
    ended = owner.ended(run["id"])
    assert (ended["status"], owner.steps(run["id"])["send"]["output"]["stdout"]) == ("COMPLETED", "sent\n")
    assert starts(quiet, run["id"]) == 1


def test_what_nobody_knows_waits_through_a_pause_for_a_decision_that_counts_once(
    quiet: Stack, workers: Workers
) -> None:
    owner = new_member(quiet)
    run = started_by_the_dead(workers, owner, "tool.before_submit")

    def waits() -> bool:
        return bool(owner.steps(run["id"]).get("send", {}).get("status") == "OUTCOME_UNKNOWN")

    assert owner.until(waits, seconds=60), owner.steps(run["id"])
    with owner.api() as api:
        api.post(f"/runs/{run['id']}/pause").raise_for_status()
        assert api.post(f"/runs/{run['id']}/resume").json()["generation"] == 2
        assert owner.until(lambda: has_token(quiet, run["id"]), seconds=60)
        assert waits()
        first = api.post(f"/runs/{run['id']}/steps/send/outcome", json={"decision": "retry"})
        assert first.status_code == 200, first.text
        second = api.post(f"/runs/{run['id']}/steps/send/outcome", json={"decision": "fail"})
        assert (second.status_code, second.json()["outcome"]["decision"]) == (409, "retry")
    assert owner.ended(run["id"])["status"] == "COMPLETED"
    assert owner.steps(run["id"])["send"]["output"]["stdout"] == "sent\n"
    assert starts(quiet, run["id"]) == 2


def has_token(stack: Stack, run_id: str) -> bool:
    """Whether the new generation's message has come, and found that the step waits."""
    with stack.superuser() as connection:
        query = "SELECT 1 FROM steps WHERE run_id = %s AND name = 'send' AND task_token IS NOT NULL AND generation = 2"
        return connection.execute(query, [run_id]).fetchone() is not None
