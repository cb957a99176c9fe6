"""Keeps runs of every kind going for some time, and checks the promises afterwards in the database."""

import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
import psycopg

ENDED = frozenset({"COMPLETED", "FAILED", "BUDGET_EXCEEDED", "CANCELLED", "TIMED_OUT"})
CODE = "import json; json.dump({'n': 6 * 7}, open('/work/out/result.json', 'w'))"
TASK = {
    "budget": {"tokens": 100_000, "cost_usd": "0.50"},
    "timeout_seconds": 900,
    "steps": [
        {"name": "compute", "kind": "tool", "tool": "code.python", "arguments": {"code": CODE}},
        {"name": "beside", "kind": "tool", "tool": "code.python", "arguments": {"code": CODE}},
        {"name": "tell", "kind": "llm", "needs": ["compute"], "prompt": "${steps.compute.output.result}"},
        {"name": "last", "kind": "noop", "needs": ["tell", "beside"]},
    ],
}
TOOL_JOBS, MODEL_CALLS, STEPS = 2, 1, 4


@dataclass(slots=True)
class Workload:
    """Keeps `at_once` runs open. If the API does not answer, the request is repeated with the same key."""

    api: httpx.Client
    at_once: int
    open: dict[str, str] = field(default_factory=dict)
    ended: dict[str, str] = field(default_factory=dict)
    unanswered: int = 0
    _task: str = ""
    _keys: list[str] = field(default_factory=list)

    def step(self) -> None:
        """Start runs until `at_once` are open, and read the state of the open ones."""
        for run_id in list(self.open):
            run = self._ask("GET", f"/runs/{run_id}")
            if run is not None and run["status"] in ENDED:
                self.ended[run_id] = run["status"]
                del self.open[run_id]
        while len(self.open) < self.at_once:
            if not self._start():
                return

    def finish(self, *, seconds: float) -> None:
        """Wait for the open runs, without starting others."""
        self.at_once = 0
        deadline = time.monotonic() + seconds
        while self.open and time.monotonic() < deadline:
            self.step()
            time.sleep(0.5)

    def _start(self) -> bool:
        if not self._task:
            made = self._ask("POST", "/tasks", json={"name": f"workload {uuid4()}", **TASK})
            if made is None:
                return False
            self._task = made["id"]
        if not self._keys:
            self._keys.append(str(uuid4()))
        headers = {"Idempotency-Key": self._keys[-1]}
        run = self._ask("POST", "/runs", json={"task_id": self._task}, headers=headers)
        if run is None:
            return False
        self._keys.pop()
        self.open[run["id"]] = run["status"]
        return True

    def _ask(self, method: str, path: str, **of: Any) -> dict[str, Any] | None:
        try:
            answer = self.api.request(method, path, **of)
        except httpx.HTTPError:
            self.unanswered += 1
            return None
        if answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
            self.unanswered += 1
            return None
        answer.raise_for_status()
        document: dict[str, Any] = answer.json()
        return document


def violations(database_url: str, runs: dict[str, str], *, open_runs: list[str]) -> list[str]:
    """The violations of the promises in the database; none if they hold."""
    broken = [f"{run_id} has not ended" for run_id in open_runs]
    broken += [f"{run_id} ended {status}" for run_id, status in runs.items() if status != "COMPLETED"]
    with psycopg.connect(database_url, autocommit=True) as connection:
        for run_id, status in runs.items():
            if status != "COMPLETED":
                continue
            row = connection.execute(
                """SELECT (SELECT count(*) FROM tool_events WHERE run_id = %(r)s AND status = 'SUCCEEDED'),
                          (SELECT count(*) FROM tool_events WHERE run_id = %(r)s),
                          (SELECT count(*) FROM llm_events WHERE run_id = %(r)s AND status = 'succeeded'),
                          (SELECT count(*) FROM run_events WHERE run_id = %(r)s AND type = 'step.success'),
                          (SELECT count(DISTINCT step_id) FROM run_events
                           WHERE run_id = %(r)s AND type = 'step.success')""",
                {"r": run_id},
            ).fetchone()
            expected = (TOOL_JOBS, TOOL_JOBS, MODEL_CALLS, STEPS, STEPS)
            if row != expected:
                names = ("jobs done", "jobs", "answered calls", "successes", "steps")
                counts = zip(names, row or (None,) * len(names), expected, strict=True)
                broken.append(
                    f"{run_id}: " + ", ".join(f"{name} {got} of {of}" for name, got, of in counts if got != of)
                )
    return broken
