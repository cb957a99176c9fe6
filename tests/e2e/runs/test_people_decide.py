"""Runs that ask people: decided through the API, resumed, expired, and asked once whatever dies meanwhile."""

from pathlib import Path
from typing import Any

import boto3
import pytest

from fixtures.running.stack import Member, Stack
from fixtures.running.workers import a_worker, without_supervised_worker

pytestmark = pytest.mark.stack

STEPS: list[dict[str, Any]] = [
    {"name": "draft", "kind": "noop"},
    {
        "name": "review",
        "kind": "approval",
        "needs": ["draft"],
        "message": "Send draft ${steps.draft.output.attempt} to ${input.customer}?",
        "form": {"type": "object", "properties": {"copies": {"type": "integer"}}, "required": ["copies"]},
    },
    {
        "name": "send",
        "kind": "tool",
        "tool": "code.python",
        "needs": ["review"],
        "arguments": {
            "inputs": {"copies": "${steps.review.output.data.copies}"},
            "code": "import json; print(json.load(open('/work/in/inputs.json'))['copies'] * 2)",
        },
    },
]


def request_of(member: Member, run_id: str) -> dict[str, Any]:
    """The run's one pending request."""

    def look() -> Any:
        with member.api() as api:
            return api.get(f"/approvals?status=pending&run_id={run_id}").raise_for_status().json()["items"]

    found = member.until(look, seconds=60)
    assert found, member.run(run_id)
    [request] = found
    return dict(request)


def decide(member: Member, request: dict[str, Any], **decision: Any) -> dict[str, Any]:
    with member.api() as api:
        headers = {"If-Match": f'"{request["version"]}"'}
        answer = api.post(f"/approvals/{request['id']}", json={"decision": "approve", **decision}, headers=headers)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def executions(stack: Stack, run_id: str) -> str:
    arn = stack["LOCKSTEP_STATE_MACHINE_ARN"].replace(":stateMachine:", ":execution:") + f":{run_id}-1"
    return str(boto3.client("stepfunctions").describe_execution(executionArn=arn)["status"])


def count(stack: Stack, run_id: str, kind: str, waits_for: str = "approval") -> int:
    with stack.superuser() as connection:
        query = """SELECT count(*) FROM run_events WHERE run_id = %s AND type = %s
                   AND (type <> 'step.waiting' OR data ->> 'for' = %s)"""
        row = connection.execute(query, [run_id, kind, waits_for]).fetchone()
    assert row is not None
    return int(row[0])


def test_a_run_waits_for_a_person_and_goes_on_with_their_data(stack: Stack, member: Member) -> None:
    run = member.start({"steps": STEPS}, input={"customer": "Ann"})
    request = request_of(member, run["id"])
    assert request["message"] == "Send draft 1 to Ann?"
    step = member.steps(run["id"])["review"]
    assert (step["kind"], step["status"]) == ("approval", "WAITING")
    with member.api() as api:
        waits = {wait["step"]: wait for wait in api.get(f"/runs/{run['id']}/explain").json()["waits"]}
    assert (waits["review"]["for"], waits["send"]["for"]) == ("approval", "dependency")
    assert request["id"] in waits["review"]["detail"]
    assert decide(member, request, data={"copies": 21}, comment="twice")["status"] == "approved"
    ended = member.ended(run["id"])
    assert ended["status"] == "COMPLETED", ended
    assert ended["output"]["send"]["stdout"] == "42\n"
    assert executions(stack, run["id"]) == "SUCCEEDED"


def test_a_rejection_ends_the_run_as_failed_with_the_comment(member: Member) -> None:
    run = member.start({"steps": STEPS}, input={"customer": "Ann"})
    decide(member, request_of(member, run["id"]), decision="reject", comment="not yet")
    ended = member.ended(run["id"])
    assert ended["status"] == "FAILED"
    [failure] = ended["error"]["failures"]
    assert failure["code"] == "approval_rejected"
    assert "not yet" in failure["detail"]
    assert member.steps(run["id"])["send"]["status"] == "SKIPPED"


def test_a_run_that_is_retried_after_a_rejection_asks_anew(stack: Stack, member: Member) -> None:
    run = member.start({"steps": STEPS}, input={"customer": "Ann"})
    rejected = request_of(member, run["id"])
    decide(member, rejected, decision="reject")
    assert member.ended(run["id"])["status"] == "FAILED"
    with member.api() as api:
        assert api.post(f"/runs/{run['id']}/retry", json={}).is_success
    anew = request_of(member, run["id"])
    assert (anew["id"], anew["decided_by"], anew["message"]) == (rejected["id"], None, rejected["message"])
    assert anew["version"] == 3
    with member.api() as api:
        stale = api.post(f"/approvals/{anew['id']}", json={"decision": "approve"}, headers={"If-Match": '"1"'})
        assert stale.status_code == 412, stale.text
    decide(member, anew, data={"copies": 2})
    assert member.ended(run["id"])["status"] == "COMPLETED"
    assert count(stack, run["id"], "step.decided") == 2


def test_a_run_that_was_paused_goes_on_with_what_was_decided_meanwhile(stack: Stack, member: Member) -> None:
    run = member.start({"steps": STEPS}, input={"customer": "Ann"})
    request = request_of(member, run["id"])
    with member.api() as api:
        assert api.post(f"/runs/{run['id']}/pause").json()["status"] == "PAUSED"
        decide(member, request, data={"copies": 1})
        assert api.post(f"/runs/{run['id']}/resume").json()["generation"] == 2
    ended = member.ended(run["id"])
    assert (ended["status"], ended["output"]["send"]["stdout"]) == ("COMPLETED", "2\n")
    assert count(stack, run["id"], "step.decided") == 1


def test_a_resumed_run_asks_nobody_again(stack: Stack, member: Member) -> None:
    run = member.start({"steps": STEPS}, input={"customer": "Ann"})
    request = request_of(member, run["id"])
    with member.api() as api:
        api.post(f"/runs/{run['id']}/pause").raise_for_status()
        api.post(f"/runs/{run['id']}/resume").raise_for_status()
    assert member.until(lambda: member.steps(run["id"])["review"]["status"] == "WAITING")
    assert request_of(member, run["id"]) == request
    decide(member, request, data={"copies": 1})
    assert member.ended(run["id"])["status"] == "COMPLETED"
    assert count(stack, run["id"], "step.waiting") == 1


def test_a_request_that_nobody_decides_expires(member: Member) -> None:
    step = {"name": "review", "kind": "approval", "message": "Well?", "expires_in": 1}
    after = {"name": "after", "kind": "noop", "needs": ["review"]}
    failed = member.start({"steps": [step, after]})
    approved = member.start({"steps": [{**step, "on_expiry": "approve"}, after]})
    assert member.ended(failed["id"])["error"]["failures"][0]["code"] == "approval_expired"
    assert member.ended(approved["id"])["status"] == "COMPLETED"


def test_a_cancelled_run_takes_its_request_with_it(member: Member) -> None:
    run = member.start({"steps": STEPS}, input={"customer": "Ann"})
    request = request_of(member, run["id"])
    with member.api() as api:
        assert api.delete(f"/runs/{run['id']}").json()["status"] == "CANCELLED"
        answer = api.post(f"/approvals/{request['id']}", json={"decision": "approve", "data": {"copies": 1}})
        assert (answer.status_code, answer.json()["approval"]["status"]) == (409, "cancelled")


def test_a_message_that_would_hide_something_asks_nobody(member: Member) -> None:
    run = member.start({"steps": STEPS}, input={"customer": "Ann\u001b[8m and Bob"})
    ended = member.ended(run["id"])
    assert ended["error"]["failures"][0]["code"] == "expression_failed"
    with member.api() as api:
        assert api.get(f"/approvals?run_id={run['id']}").json()["items"] == []


@pytest.mark.serial
@pytest.mark.parametrize("place", [pytest.param("asked.before_commit", marks=pytest.mark.full), "asked.after_commit"])
def test_a_worker_that_dies_as_it_asks_is_followed_by_one_that_asks_once(
    stack: Stack, member: Member, tmp_path: Path, place: str
) -> None:
    with without_supervised_worker():
        run = member.start({"steps": STEPS}, input={"customer": "Ann"})
        dying = a_worker(stack, tmp_path, failpoint=place)
        dying.start(ready=None)
        dying.died()
        living = a_worker(stack, tmp_path)
        living.start()
        try:
            request = request_of(member, run["id"])
            assert member.until(lambda: member.steps(run["id"])["review"]["status"] == "WAITING")
            decide(member, request, data={"copies": 3})
            ended = member.ended(run["id"])
        finally:
            living.kill()
    assert (ended["status"], ended["output"]["send"]["stdout"]) == ("COMPLETED", "6\n")
    assert count(stack, run["id"], "step.waiting") == 1
