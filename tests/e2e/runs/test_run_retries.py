"""A run that ended early is retried: what succeeded stands, the rest runs again, nothing is paid or done twice."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from fixtures.running.agent_runs import TOOL_CALLS, TURNS, counted, started, uploaded
from fixtures.running.stack import Member, Stack

pytestmark = pytest.mark.stack

WORDS = b"penguins"
SLEEP = "import time; print('begun', flush=True); time.sleep(60)"


def tool(name: str, code: str, *needs: str, **arguments: Any) -> dict[str, Any]:
    given = {"code": code, **arguments}
    return {"name": name, "kind": "tool", "tool": "code.python", "arguments": given, "needs": list(needs)}


def noop(name: str, *needs: str) -> dict[str, Any]:
    return {"name": name, "kind": "noop", "needs": list(needs)}


def llm(name: str, *needs: str, max_tokens: int) -> dict[str, Any]:
    return {"name": name, "kind": "llm", "prompt": "How are you?", "needs": list(needs), "max_tokens": max_tokens}


def a_failed_run(member: Member) -> tuple[dict[str, Any], dict[str, Any]]:
    """(run, room): `read` failed, as nothing had been uploaded into the room yet; `after` needs it."""
    wanted = {"name": "words.txt", "content_type": "text/plain", "size": len(WORDS)}
    with member.api() as api:
        room = api.post("/artifacts", json={**wanted, "sha256": hashlib.sha256(WORDS).hexdigest()}).json()
    read = tool("read", "print(open('/work/in/words.txt').read())", "before", files="${input.files}")
    files = [{"artifact": room["id"], "name": "words.txt"}]
    steps = [tool("before", "print('once')"), read, noop("after", "read")]
    run = member.ended(member.start({"steps": steps}, input={"files": files})["id"])
    assert run["status"] == "FAILED", run
    return run, room


def upload(room: dict[str, Any]) -> None:
    httpx.post(room["url"], data=room["fields"], files={"file": ("words.txt", WORDS, "text/csv")}).raise_for_status()


def jobs(stack: Stack, run_id: str) -> dict[str, int]:
    """How many jobs each step had."""
    with stack.superuser() as connection:
        rows = connection.execute(
            "SELECT s.name, count(*) FROM tool_events e JOIN steps s USING (step_id) WHERE e.run_id = %s GROUP BY 1",
            [run_id],
        ).fetchall()
    return dict(rows)


def test_a_retry_runs_what_did_not_succeed_and_leaves_alone_what_did(stack: Stack, member: Member) -> None:
    run, room = a_failed_run(member)
    upload(room)
    with member.api() as api:
        resume = api.get(f"/runs/{run['id']}/explain").json()["resume_from"]
        assert resume == [{"step": "read", "turn": 0, "must_be_named": False}]
        retried = api.post(f"/runs/{run['id']}/retry", json={})
    assert retried.status_code == 200, retried.text
    assert (retried.json()["status"], retried.json()["generation"]) == ("RUNNING", 2)
    assert (retried.json()["ended_at"], retried.json()["error"], retried.json()["output"]) == (None, None, None)
    ended = member.ended(run["id"])
    assert ended["status"] == "COMPLETED", ended
    assert {name: step["attempt"] for name, step in member.steps(run["id"]).items()} == {
        "before": 1,
        "read": 2,
        "after": 1,
    }
    assert member.steps(run["id"])["read"]["output"]["stdout"] == "penguins\n"
    assert jobs(stack, run["id"])["before"] == 1
    assert member.until(lambda: member.run(run["id"])["usage"]["final"])


def test_a_named_step_runs_again_with_all_that_needs_it_although_it_succeeded(stack: Stack, member: Member) -> None:
    run, room = a_failed_run(member)
    upload(room)
    with member.api() as api:
        assert api.post(f"/runs/{run['id']}/retry", json={"from": ["before"]}).status_code == 200
    assert member.ended(run["id"])["status"] == "COMPLETED"
    assert {name: step["attempt"] for name, step in member.steps(run["id"]).items()} == {
        "before": 2,
        "read": 2,
        "after": 1,
    }
    assert jobs(stack, run["id"])["before"] == 2


def test_a_step_that_fails_for_good_fails_again_in_the_next_attempt(stack: Stack, member: Member) -> None:
    run = member.ended(member.start({"steps": [tool("bad", "raise SystemExit(3)"), noop("after", "bad")]})["id"])
    with member.api() as api:
        assert api.post(f"/runs/{run['id']}/retry", json={}).status_code == 200
    again = member.ended(run["id"])
    assert (again["status"], again["error"]["failures"][0]["code"]) == ("FAILED", "exit_code")
    assert member.steps(run["id"])["bad"]["attempt"] == 2
    assert jobs(stack, run["id"]) == {"bad": 2}, "it was executed again, not read"


def test_a_run_out_of_budget_goes_on_with_a_larger_one_and_pays_nothing_twice(stack: Stack, member: Member) -> None:
    steps = [
        llm("first", max_tokens=100),
        llm("second", "first", max_tokens=4000),
        llm("third", "second", max_tokens=9),
    ]
    run = member.ended(member.start({"steps": steps, "budget": {"tokens": 2000}})["id"])
    assert run["status"] == "BUDGET_EXCEEDED", run
    spent = member.until(lambda: member.run(run["id"])["usage"]["tokens"])
    with member.api() as api:
        assert api.get(f"/runs/{run['id']}/explain").json()["resume_from"] == [
            {"step": "second", "turn": 0, "must_be_named": False}
        ]
        unchanged = api.post(f"/runs/{run['id']}/retry", json={})
        assert unchanged.status_code == 200, unchanged.text
        assert member.ended(run["id"])["status"] == "BUDGET_EXCEEDED"
        raised = api.post(f"/runs/{run['id']}/retry", json={"budget": {"tokens": 50_000}})
        assert raised.json()["budget"]["tokens"] == 50_000
    ended = member.ended(run["id"])
    assert ended["status"] == "COMPLETED", ended
    assert member.until(lambda: member.run(run["id"])["usage"]["final"])
    with stack.superuser() as connection:
        rows = connection.execute(
            """SELECT s.name, count(*) FROM llm_events e JOIN steps s USING (tenant_id, step_id)
               WHERE e.run_id = %s GROUP BY 1 ORDER BY 1""",
            [run["id"]],
        ).fetchall()
    assert rows == [("first", 1), ("second", 1), ("third", 1)]
    assert member.steps(run["id"])["first"]["tokens"] == spent


def test_an_agent_that_was_cancelled_goes_on_after_its_last_recorded_turn(stack: Stack, member: Member) -> None:
    run = started(member)
    assert member.until(lambda: member.steps(run["id"]).get("explore", {}).get("turn", 0) >= 1)
    with member.api() as api:
        assert api.delete(f"/runs/{run['id']}").json()["status"] == "CANCELLED"
        turn = member.steps(run["id"])["explore"]["turn"]
        resume = {one["step"]: one["turn"] for one in api.get(f"/runs/{run['id']}/explain").json()["resume_from"]}
        assert resume["explore"] == turn >= 1
        assert api.post(f"/runs/{run['id']}/retry", json={}).status_code == 200
    ended = member.ended(run["id"])
    assert ended["status"] == "COMPLETED", ended
    assert member.steps(run["id"])["explore"]["turn"] == TURNS
    assert member.until(lambda: counted(stack, run["id"])["calls succeeded"] >= TURNS)
    counts = counted(stack, run["id"])
    assert (counts["calls"], counts["calls succeeded"], counts["turns"]) == (TURNS, TURNS, TURNS)
    assert jobs(stack, run["id"])["explore"] == TOOL_CALLS


def test_an_agent_that_is_named_after_it_answered_begins_anew(stack: Stack, member: Member) -> None:
    explore: dict[str, Any] = {
        "name": "explore",
        "kind": "agent",
        "model": "penguins-agent",
        "instructions": "Explore.",
    }
    explore |= {"tools": ["code.python"], "files": "${input.files}", "max_turns": TURNS}
    run = member.start({"steps": [explore, tool("slow", SLEEP)]}, input={"files": [uploaded(member)]})
    assert member.until(lambda: member.steps(run["id"]).get("explore", {}).get("status") == "SUCCESS")
    with member.api() as api:
        assert api.delete(f"/runs/{run['id']}").status_code == 200
        assert api.post(f"/runs/{run['id']}/retry", json={"from": ["explore"]}).status_code == 200
    assert member.ended(run["id"])["status"] == "FAILED", "slow was not named, and stands as it ended"
    assert member.steps(run["id"])["explore"]["turn"] == 2 * TURNS, "turns are numbered on"
    assert jobs(stack, run["id"])["explore"] == 2 * TOOL_CALLS


@pytest.mark.full
def test_a_run_over_its_time_gets_its_time_again(member: Member) -> None:
    run = member.ended(
        member.start({"timeout_seconds": 8, "steps": [noop("quick"), tool("slow", SLEEP, "quick")]})["id"]
    )
    assert run["status"] == "TIMED_OUT", run
    before = member.steps(run["id"])
    with member.api() as api:
        retried = api.post(f"/runs/{run['id']}/retry", json={})
        assert retried.json()["status"] == "RUNNING"
    assert member.ended(run["id"])["status"] == "TIMED_OUT"
    expected = {name: step["attempt"] + (step["status"] != "SUCCESS") for name, step in before.items()}
    assert {name: step["attempt"] for name, step in member.steps(run["id"]).items()} == expected


def test_somebody_who_rejected_is_asked_anew_and_what_was_approved_stands(member: Member) -> None:
    steps = [
        {"name": "ask", "kind": "approval", "message": "Go on?"},
        {"name": "twice", "kind": "approval", "message": "Really?", "needs": ["ask"]},
        noop("after", "twice"),
    ]
    run = member.start({"steps": steps})

    def decided(step: str, decision: str) -> None:
        def pending() -> list[dict[str, Any]]:
            with member.api() as api:
                items = api.get("/approvals", params={"status": "pending", "run_id": run["id"]}).json()["items"]
            return [item for item in items if item["step"] == step]

        [request] = member.until(pending, seconds=60)
        with member.api() as api:
            headers = {"If-Match": f'"{request["version"]}"'}
            api.post(f"/approvals/{request['id']}", json={"decision": decision}, headers=headers).raise_for_status()

    decided("ask", "approve")
    decided("twice", "reject")
    assert member.ended(run["id"])["status"] == "FAILED"
    with member.api() as api:
        assert api.post(f"/runs/{run['id']}/retry", json={}).status_code == 200
    decided("twice", "approve")
    ended = member.ended(run["id"])
    assert ended["status"] == "COMPLETED", ended
    assert {name: step["attempt"] for name, step in member.steps(run["id"]).items()} == {
        "ask": 1,
        "twice": 2,
        "after": 1,
    }


def test_of_two_retries_at_once_one_wins(member: Member) -> None:
    run, _ = a_failed_run(member)

    def retry(_: int) -> int:
        with member.api() as api:
            return api.post(f"/runs/{run['id']}/retry", json={}).status_code

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(retry, range(4)))
    assert answers == [200, 409, 409, 409]
    assert member.ended(run["id"])["generation"] == 2
    assert member.steps(run["id"])["read"]["attempt"] == 2


def test_a_retry_against_a_cancellation_ends_as_one_of_them_says(member: Member) -> None:
    run = member.ended(member.start({"steps": [tool("bad", "raise SystemExit(3)"), noop("after", "bad")]})["id"])

    def call(verb: str) -> int:
        with member.api() as api:
            path = f"/runs/{run['id']}"
            return (api.delete(path) if verb == "cancel" else api.post(f"{path}/retry", json={})).status_code

    with ThreadPoolExecutor(2) as pool:
        retried, cancelled = pool.map(call, ["retry", "cancel"])
    assert retried == 200
    assert cancelled in {200, 409}
    assert member.ended(run["id"])["status"] == ("CANCELLED" if cancelled == 200 else "FAILED")


def test_what_cannot_be_retried_is_refused_with_its_place_and_a_remedy(member: Member) -> None:
    run, _ = a_failed_run(member)
    path = f"/runs/{run['id']}/retry"
    with member.api() as api:
        unknown = api.post(path, json={"from": ["read", "nowhere"]})
        assert unknown.status_code == 404, unknown.text
        assert unknown.json()["errors"] == [{"pointer": "/body/from/1", "detail": "the run has no step 'nowhere'"}]
        assert "remedy" in unknown.json()
        stale = api.post(path, json={}, headers={"If-Match": '"1"'})
        assert stale.status_code == 412
        done = member.ended(member.start({"steps": [noop("only")]})["id"])
        completed = api.post(f"/runs/{done['id']}/retry", json={})
        assert (completed.status_code, completed.json()["type"]) == (409, "urn:lockstep:problem:illegal_transition")
        assert "fork" in completed.json()["remedy"]
        open_run = member.start({"steps": [tool("slow", SLEEP)]})
        refused = api.post(f"/runs/{open_run['id']}/retry", json={})
        assert (refused.status_code, refused.json()["remedy"]) == (409, "wait for its end, or cancel it first")
        assert api.delete(f"/runs/{open_run['id']}").status_code == 200


def test_a_run_that_ended_long_ago_is_not_retried(stack: Stack, member: Member) -> None:
    run, _ = a_failed_run(member)
    with stack.superuser() as connection:
        connection.execute("UPDATE runs SET ended_at = now() - interval '1 day' WHERE run_id = %s", [run["id"]])
    with member.api() as api:
        refused = api.post(f"/runs/{run['id']}/retry", json={})
    assert (refused.status_code, refused.json()["remedy"]) == (409, "fork it, or start a new run")


def test_what_may_have_taken_effect_unseen_is_repeated_only_where_its_step_is_named(
    stack: Stack, member: Member
) -> None:
    run = member.ended(member.start({"steps": [tool("bad", "raise SystemExit(3)")]})["id"])
    with stack.superuser() as connection:
        query = "UPDATE tool_events SET status = 'OUTCOME_UNKNOWN', result = NULL WHERE run_id = %s"
        connection.execute(query, [run["id"]])
    with member.api() as api:
        refused = api.post(f"/runs/{run['id']}/retry", json={})
        assert refused.status_code == 409, refused.text
        assert "name it in `from`" in refused.json()["remedy"]
        assert api.post(f"/runs/{run['id']}/retry", json={"from": ["bad"]}).status_code == 200
    assert member.ended(run["id"])["status"] == "FAILED"
    assert jobs(stack, run["id"]) == {"bad": 2}
