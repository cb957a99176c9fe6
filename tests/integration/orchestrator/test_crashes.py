"""A worker killed at each commit, send and callback: the run completes, and each recorded effect stands once."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from fixtures.processes import ServiceProcess
from fixtures.stack import Member, Stack, new_member
from fixtures.workers import a_worker, without_supervised_worker

pytestmark = [pytest.mark.stack, pytest.mark.serial, pytest.mark.timeout(240)]

PLACES = (
    "claimed",
    "model.before_dispatch",
    "model.answered",
    "tool.before_submit",
    "tool.after_submit",
    "tool.recorded",
    "ran",
    "turn.before_commit",
    "turn.after_commit",
    "finished.before_commit",
    "finished.after_commit",
    "message.before_send",
    "message.after_send",
    "callback.before_send",
    "callback.after_send",
)
SAMPLE = ("tool.after_submit", "model.answered", "turn.after_commit", "callback.after_send")
CSV = Path(__file__).parents[3] / "samples" / "penguins" / "penguins.csv"
TURNS, TOOL_CALLS = 4, 3


@pytest.fixture(scope="module")
def quiet(stack: Stack) -> Iterator[Stack]:
    with without_supervised_worker():
        yield stack


Workers = Callable[..., ServiceProcess]


@pytest.fixture
def workers(quiet: Stack, tmp_path: Path) -> Iterator[Workers]:
    """Starts workers, and ends them with the test: what they leave would come upon the next test's workers."""
    started_here: list[ServiceProcess] = []

    def start(**settings: str) -> ServiceProcess:
        worker = a_worker(quiet, tmp_path, **settings)
        # One that is to die may meet its place before it is ready, in what an earlier test left.
        worker.start(ready=None if "failpoint" in settings else "/health")
        started_here.append(worker)
        return worker

    yield start
    for worker in started_here:
        worker.stop()


def uploaded(owner: Member) -> dict[str, str]:
    body = CSV.read_bytes()
    wanted = {
        "name": CSV.name,
        "content_type": "text/csv",
        "size": len(body),
        "sha256": hashlib.sha256(body).hexdigest(),
    }
    with owner.api() as api:
        room = api.post("/artifacts", json=wanted).raise_for_status().json()
    httpx.post(room["url"], data=room["fields"], files={"file": (CSV.name, body, "text/csv")}).raise_for_status()
    return {"artifact": room["id"], "name": CSV.name}


def started(owner: Member) -> dict[str, Any]:
    """An agent of four turns with three tool calls, a tool step beside it, and two steps that need both."""
    # Long enough to be seen while it runs.
    code = "import json, time; time.sleep(2); json.dump({'x': 1}, open('/work/out/result.json', 'w'))"
    steps = [
        {
            "name": "explore",
            "kind": "agent",
            "model": "penguins-agent",
            "instructions": "Explore.",
            "tools": ["code.python"],
            "files": "${input.files}",
        },
        {"name": "beside", "kind": "tool", "tool": "code.python", "arguments": {"code": code}},
        {"name": "after", "kind": "noop", "needs": ["explore", "beside"]},
        {"name": "also", "kind": "noop", "needs": ["explore", "beside"]},
    ]
    return owner.start({"steps": steps}, input={"files": [uploaded(owner)]})


def counted(stack: Stack, run_id: str) -> dict[str, Any]:
    with stack.superuser() as connection:

        def one(query: str) -> Any:
            row = connection.execute(query, [run_id]).fetchone()
            assert row is not None
            return row[0]

        return {
            "jobs": one("SELECT count(*) FROM tool_events WHERE run_id = %s"),
            "jobs succeeded": one("SELECT count(*) FROM tool_events WHERE run_id = %s AND status = 'SUCCEEDED'"),
            "calls": one("SELECT count(DISTINCT call_key) FROM llm_events WHERE run_id = %s"),
            "calls succeeded": one("SELECT count(*) FROM llm_events WHERE run_id = %s AND status = 'succeeded'"),
            "turns": one(
                """SELECT count(*) FROM turns t JOIN steps s USING (step_id)
                   WHERE s.run_id = %s AND recorded_at IS NOT NULL"""
            ),
            "ended once": one(
                """SELECT count(*) = count(DISTINCT step_id) FROM run_events
                   WHERE run_id = %s AND type = 'step.success'"""
            ),
        }


def survived(stack: Stack, owner: Member, run_id: str) -> None:
    run = owner.ended(run_id, seconds=150)
    assert run["status"] == "COMPLETED", run
    assert owner.until(lambda: counted(stack, run_id)["calls succeeded"] >= TURNS, seconds=10)
    assert counted(stack, run_id) == {
        "jobs": TOOL_CALLS + 1,
        "jobs succeeded": TOOL_CALLS + 1,
        "calls": TURNS,
        "calls succeeded": TURNS,
        "turns": TURNS,
        "ended once": True,
    }
    assert {step["status"] for step in owner.steps(run_id).values()} == {"SUCCESS"}


@pytest.mark.parametrize(
    "place", [*SAMPLE, *(pytest.param(place, marks=pytest.mark.full) for place in PLACES if place not in SAMPLE)]
)
def test_a_worker_killed_anywhere_loses_no_step_and_doubles_no_effect(
    quiet: Stack, workers: Workers, place: str
) -> None:
    owner = new_member(quiet)
    # Who frees more steps than it has slots sends the rest a message.
    few = {"concurrency": "1"} if place.startswith("message.") else {}
    doomed = workers(failpoint=place, **few)
    run = started(owner)
    assert doomed.died() == -9, doomed.log()
    workers()
    survived(quiet, owner, run["id"])


@pytest.mark.parametrize("at", ["a tool", "an agent's turn"])
def test_a_worker_killed_in_mid_step_is_replaced(quiet: Stack, workers: Workers, at: str) -> None:
    owner = new_member(quiet)
    victim = workers()
    run = started(owner)
    wanted: dict[str, Callable[[], bool]] = {
        "a tool": lambda: owner.steps(run["id"]).get("beside", {}).get("status") == "RUNNING",
        "an agent's turn": lambda: owner.steps(run["id"]).get("explore", {}).get("turn", 0) >= 1,
    }
    assert owner.until(wanted[at])
    victim.kill()
    workers()
    survived(quiet, owner, run["id"])


def test_a_worker_that_is_asked_to_stop_gives_its_steps_back(quiet: Stack, workers: Workers) -> None:
    owner = new_member(quiet)
    leaving = workers(drain_seconds="0")
    code = "import time; time.sleep(3); print('slept')"
    run = owner.start({"steps": [{"name": "slow", "kind": "tool", "tool": "code.python", "arguments": {"code": code}}]})
    assert owner.until(lambda: owner.steps(run["id"]).get("slow", {}).get("status") == "RUNNING")
    leaving.stop()
    assert owner.until(lambda: owner.steps(run["id"])["slow"]["status"] == "QUEUED", seconds=5)
    workers()
    ended = owner.ended(run["id"])
    assert ended["status"] == "COMPLETED"
    assert owner.steps(run["id"])["slow"]["attempt"] == 1
