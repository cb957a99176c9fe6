"""A run that is cancelled among its items and retried pays no answer twice, and makes stopped tool calls again."""

from collections import Counter
from typing import Any

import pytest

from fixtures.running.agent_runs import uploaded
from fixtures.running.stack import Member

pytestmark = pytest.mark.stack

# So many, and two at a time, that the run has not ended when the ledger shows the first of its calls.
ITEMS, AT_ONCE = 24, 2


def rows(member: Member, query: str, run_id: str) -> list[tuple[Any, ...]]:
    with member.stack.superuser() as connection:
        return connection.execute(query, [run_id]).fetchall()


def calls(member: Member, run_id: str) -> int:
    [(count,)] = rows(member, "SELECT count(*) FROM llm_events WHERE run_id = %s", run_id)
    return int(count)


def cancelled_and_retried(member: Member, run_id: str, *, after_calls: int) -> dict[str, Any]:
    assert member.until(lambda: calls(member, run_id) >= after_calls)
    with member.api() as api:
        assert api.delete(f"/runs/{run_id}").status_code == 200
        assert api.post(f"/runs/{run_id}/retry", json={}).status_code == 200
    run = member.ended(run_id)
    assert run["status"] == "COMPLETED", run
    assert member.until(lambda: member.run(run_id)["usage"]["final"])
    return member.run(run_id)


@pytest.mark.parametrize("after_calls", [1, 4])
def test_an_answer_that_was_paid_before_the_cancel_is_not_paid_again(member: Member, after_calls: int) -> None:
    prompt = "say " + "w " * 2000 + "${item}"
    step = {
        "name": "ask",
        "kind": "llm",
        "foreach": "${input.rows}",
        "max_parallel": AT_ONCE,
        "prompt": prompt,
        "max_tokens": 3000,
    }
    started = member.start({"steps": [step]}, input={"rows": list(range(ITEMS))})
    run = cancelled_and_retried(member, started["id"], after_calls=after_calls)
    query = "SELECT step_id, total_tokens FROM llm_events WHERE run_id = %s AND status = 'succeeded'"
    paid = rows(member, query, run["id"])
    assert Counter(step_id for step_id, _ in paid).most_common(1)[0][1] == 1
    assert len(paid) == ITEMS
    assert run["usage"]["tokens"] == sum(tokens for _, tokens in paid)


@pytest.mark.parametrize("after_calls", [3, 5])
def test_an_agents_tool_call_that_the_cancel_stopped_is_made_again(member: Member, after_calls: int) -> None:
    step = {
        "name": "explore",
        "kind": "agent",
        "foreach": "${input.rows}",
        "model": "penguins-agent",
        "instructions": "Explore.",
        "tools": ["code.python"],
        "files": "${input.files}",
    }
    started = member.start({"steps": [step]}, input={"rows": [1, 2], "files": [uploaded(member)]})
    run = cancelled_and_retried(member, started["id"], after_calls=after_calls)
    jobs = rows(member, "SELECT status, count(*) FROM tool_events WHERE run_id = %s GROUP BY 1", run["id"])
    assert dict(jobs) == {"SUCCEEDED": 6}
    assert calls(member, run["id"]) == 8
