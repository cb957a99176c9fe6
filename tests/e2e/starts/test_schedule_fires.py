"""On the running stack, a schedule for a moment in a few seconds starts its run by itself, and the run completes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from fixtures.running.stack import Stack, new_member

pytestmark = pytest.mark.stack


def test_a_schedule_starts_a_run_when_its_moment_has_come(stack: Stack) -> None:
    owner = new_member(stack)
    with owner.api() as api:
        task = api.post("/tasks", json={"name": "nightly", "steps": [{"name": "wait", "kind": "noop"}]})
        at = (datetime.now(UTC) + timedelta(seconds=3)).isoformat()
        body = {"name": "soon", "task_id": task.json()["id"], "at": at, "input": {"topic": "penguins"}}
        made = api.post("/schedules", json=body)
        assert made.status_code == 201, made.text
        path = f"/schedules/{made.json()['id']}"

        def started() -> dict[str, Any] | None:
            firings: list[dict[str, Any]] = api.get(f"{path}/firings").json()["items"]
            return next((one for one in firings if one["status"] == "started"), None)

        firing = owner.until(started)
        assert firing is not None, api.get(path).json()
        run = owner.ended(firing["run_id"])
        assert (run["status"], run["input"]) == ("COMPLETED", {"topic": "penguins"})
        seen = owner.until(lambda: api.get(path).json()["last_firings"][0]["run_status"])
        assert (seen, api.get(path).json()["next_at"]) == ("COMPLETED", None)
