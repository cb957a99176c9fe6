"""A worker killed at each commit, send and callback: the run completes, and each recorded effect stands once."""

import os
import signal
from collections.abc import Callable

import pytest

from fixtures.machine.processes import ServiceProcess
from fixtures.running.agent_runs import started, survived
from fixtures.running.stack import Member, Stack, new_member
from fixtures.running.workers import Workers

pytestmark = [pytest.mark.stack, pytest.mark.serial, pytest.mark.timeout(240)]

PLACES = (
    "claimed",
    "model.before_dispatch",
    "model.answered",
    "tool.before_submit",
    "tool.after_submit",
    "tool.copied",
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
SAMPLE = ("tool.after_submit", "callback.after_send")


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


@pytest.mark.parametrize("at", ["a tool", pytest.param("an agent's turn", marks=pytest.mark.full)])
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


def test_a_worker_that_lives_on_after_its_lease_cancels_nothing_that_its_successor_has_joined(
    quiet: Stack, workers: Workers
) -> None:
    owner = new_member(quiet)
    late = workers()
    code = "import time; print('began', flush=True); time.sleep(12); print('slept')"
    run = owner.start({"steps": [{"name": "slow", "kind": "tool", "tool": "code.python", "arguments": {"code": code}}]})
    assert owner.until(lambda: _tells_progress(owner, run["id"]))
    _frozen_between_transactions(quiet, late)
    workers()
    assert owner.until(lambda: owner.steps(run["id"])["slow"]["attempt"] == 2)
    # It finds that its lease was taken, while the job that it had submitted still runs for the other.
    os.kill(late.pid, signal.SIGCONT)
    ended = owner.ended(run["id"])
    assert ended["status"] == "COMPLETED", ended
    assert ended["output"]["slow"]["stdout"] == "began\nslept\n"
    assert "the step was taken from this worker while it ran" in late.log()


def _tells_progress(owner: Member, run_id: str) -> bool:
    """Whether the step's job was submitted, and runs."""
    with owner.api() as api:
        events = api.get(f"/runs/{run_id}/events").raise_for_status().json()["items"]
    return any(event["type"] == "step.progress" for event in events)


def _frozen_between_transactions(stack: Stack, worker: ServiceProcess) -> None:
    """One that freezes within a transaction would find that transaction lost, and not its step alone."""
    doing = "SELECT state FROM pg_stat_activity WHERE application_name = 'orchestrator' AND state <> 'idle'"

    def is_between() -> bool:
        os.kill(worker.pid, signal.SIGSTOP)
        with stack.superuser() as connection:
            # A statement that was sent before ends; what its transaction does after it is for the worker to say.
            assert Member.until(lambda: ("active",) not in connection.execute(doing).fetchall())
            if not connection.execute(doing).fetchall():
                return True
        os.kill(worker.pid, signal.SIGCONT)
        return False

    assert Member.until(is_between)


@pytest.mark.parametrize(
    "place",
    [
        "finished.before_commit",
        *(pytest.param(place, marks=pytest.mark.full) for place in ("turn.before_commit", "ran")),
    ],
)
def test_a_worker_that_freezes_within_a_transaction_holds_up_nobody_and_doubles_nothing_when_it_goes_on(
    quiet: Stack, workers: Workers, place: str
) -> None:
    owner = new_member(quiet)
    frozen = workers(failpoint=f"{place}:1:freeze")
    run = started(owner)
    assert frozen.froze()
    workers()
    assert owner.ended(run["id"])["status"] == "COMPLETED"
    os.kill(frozen.pid, signal.SIGCONT)
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
