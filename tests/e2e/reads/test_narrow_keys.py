"""A key that may only start runs starts them, and reads nothing of what they hold."""

from typing import Any

import pytest

from fixtures.running.stack import Member

pytestmark = pytest.mark.stack

TELLS: dict[str, Any] = {"steps": [{"name": "say", "kind": "llm", "prompt": "Tell ${input.said}", "max_tokens": 20}]}


def test_a_key_that_only_starts_runs_reads_none_of_them(member: Member) -> None:
    said = {"said": "albatross"}
    run = member.ended(member.start(TELLS, input=said)["id"])
    assert (run["status"], run["input"]) == ("COMPLETED", said)
    with member.api() as api:
        narrow = {"name": "starts", "scopes": ["api"], "permissions": ["runs:write"]}
        key = api.post("/api-keys", json=narrow).raise_for_status().json()["key"]
    starter = Member(member.stack, member.tenant_id, member.user_id, member.subject, key)
    body, headers = {"task_id": run["task_id"], "input": said}, {"idempotency-key": "once"}
    with starter.api() as api:
        first = api.post("/runs", json=body, headers=headers).raise_for_status().json()
        assert (first["status"], first["input"]) == ("PENDING", None)
        assert member.ended(first["id"])["output"] is not None
        again = api.post("/runs", json=body, headers=headers)
        assert (again.status_code, again.json()["id"], again.json()["status"]) == (200, first["id"], "COMPLETED")
        forked = api.post(f"/runs/{run['id']}/fork", json={"from": "say", "start": False})
        assert forked.status_code == 201, forked.text
        cancelled = api.delete(f"/runs/{forked.json()['id']}")
        assert (cancelled.status_code, cancelled.json()["status"]) == (200, "CANCELLED")
        for answer in (again, forked, cancelled):
            assert "albatross" not in answer.text
            assert {name: answer.json()[name] for name in ("input", "output", "error")} == {
                "input": None,
                "output": None,
                "error": None,
            }
        assert api.get(f"/runs/{run['id']}").status_code == 403
