"""docs/reference/runs.md promises what the API does."""

from pathlib import Path
from typing import Any

import pytest

from fixtures.running.stack import Member
from foundation.domain.states import WaitReason

pytestmark = pytest.mark.stack

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "runs.md").read_text(encoding="utf-8")
WAITS = {"name": "slow", "kind": "tool", "tool": "code.python", "arguments": {"code": "import time; time.sleep(60)"}}


def test_a_key_starts_one_run_as_long_as_the_run_is_there(member: Member) -> None:
    with member.api() as api:
        made = api.post("/tasks", json={"name": "once", "steps": [{"name": "a", "kind": "noop"}]})
        body: dict[str, Any] = {"task_id": made.json()["id"]}
        first = api.post("/runs", json=body, headers={"Idempotency-Key": "k"})
        member.ended(first.json()["id"])
        assert api.delete(f"/tasks/{body['task_id']}").status_code == 204
        again = api.post("/runs", json=body, headers={"Idempotency-Key": "k"})
        assert (first.status_code, again.status_code) == (201, 200)
        assert (again.json()["id"], again.json()["status"]) == (first.json()["id"], "COMPLETED")
        other = api.post("/runs", json={**body, "input": {"a": 1}}, headers={"Idempotency-Key": "k"})
        assert (other.status_code, other.json()["title"]) == (422, "Idempotency key reused")


def test_control_answers_as_the_page_says(member: Member) -> None:
    run = member.start({"steps": [WAITS]})
    path = f"/runs/{run['id']}"
    with member.api() as api:
        assert api.post(f"{path}/pause", headers={"If-Match": '"999"'}).status_code == 412
        for _ in range(2):
            paused = api.post(f"{path}/pause")
            assert (paused.status_code, paused.json()["pause_reason"]) == (200, "user")
        assert api.get(f"{path}/explain").json()["waits"][0]["for"] == "pause"
        assert api.post(f"{path}/resume", headers={"If-Match": paused.headers["etag"]}).status_code in {200, 412}
        api.post(f"{path}/resume")
        assert api.post(f"{path}/resume").json()["type"].endswith(":illegal_transition")
        for _ in range(2):
            cancelled = api.delete(path)
            assert (cancelled.status_code, cancelled.json()["status"]) == (200, "CANCELLED")
        assert api.post(f"{path}/pause").status_code == 409
        found = api.get("/runs", params={"status": "CANCELLED", "task_id": run["task_id"]}).json()["items"]
        assert [one["id"] for one in found] == [run["id"]]


def test_the_page_names_every_reason_to_wait() -> None:
    assert [reason for reason in WaitReason if f"`{reason.value}`" not in PAGE] == []
