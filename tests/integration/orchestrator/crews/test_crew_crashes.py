"""A crew killed with its worker, at each commit and at any moment: it is played again, and nothing is paid twice."""

import os
import random
import signal
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from fixtures.crews.crew_runs import EXPECTED, a_crew, counted, programs_below, started, survived
from fixtures.running.stack import ENDED, Member, Stack, new_member
from fixtures.running.workers import Workers

pytestmark = [pytest.mark.stack, pytest.mark.serial, pytest.mark.timeout(300)]

PLACES = (
    "claimed",
    "model.before_dispatch:2",
    "model.answered:2",
    "model.recorded:3",
    "tool.before_submit",
    "tool.after_submit:2",
    "tool.recorded:2",
    "ran",
    "finished.before_commit",
    "finished.after_commit",
)
SAMPLE = (("tool.after_submit:2", "hierarchical"),)
ALL = [(place, process) for place in PLACES for process in EXPECTED]


@pytest.mark.parametrize(
    ("place", "process"),
    [*SAMPLE, *(pytest.param(*one, marks=pytest.mark.full) for one in ALL if one not in SAMPLE)],
)
def test_a_crew_whose_worker_is_killed_anywhere_asks_nothing_twice(
    quiet: Stack, workers: Workers, place: str, process: str
) -> None:
    owner = new_member(quiet)
    doomed = workers(failpoint=place)
    run_id = started(owner, a_crew(process))
    assert doomed.died() == -9, doomed.log()
    workers()
    survived(quiet, owner, run_id, EXPECTED[process])


@pytest.mark.full
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_crews_that_are_killed_again_and_again_with_their_worker_survive(
    quiet: Stack, workers: Workers, seed: int, record_property: Callable[[str, object], None]
) -> None:
    chance, owner, kills = random.Random(seed), new_member(quiet), 0
    crews = [a_crew("sequential", fault="slow=0.2"), a_crew("hierarchical", fault="slow=0.2"), a_crew()]
    expected = [EXPECTED[crew["process"]] for crew in crews]
    worker = workers()
    run_id = started(owner, *crews)
    for _ in range(2):
        wanted = counted(quiet, run_id)["turns"] + chance.randint(1, 5)
        _until_recorded(quiet, owner, run_id, wanted)
        if owner.run(run_id)["status"] in ENDED:
            break
        programs = programs_below(worker.pid)
        worker.kill()
        kills += 1
        # The programs die with it: nobody would hear what they say.
        assert all(owner.until(partial(_is_gone, program), seconds=10) for program in programs), programs
        worker = workers()
    record_property("sample", f"seed {seed}, {kills} kills")
    assert kills
    survived(quiet, owner, run_id, *expected)


@pytest.mark.full
def test_a_program_that_is_killed_alone_is_another_attempt_and_nothing_is_asked_twice(
    quiet: Stack, workers: Workers
) -> None:
    owner, worker = new_member(quiet), workers()
    run_id = started(owner, a_crew(fault="slow=1"))
    _until_recorded(quiet, owner, run_id, 2)
    [program] = programs_below(worker.pid)
    os.kill(program, signal.SIGKILL)
    survived(quiet, owner, run_id, EXPECTED["sequential"])
    assert owner.steps(run_id)["crew0"]["attempt"] == 2


def test_a_cancelled_crew_s_program_is_gone_when_its_step_has_ended(quiet: Stack, workers: Workers) -> None:
    owner, worker = new_member(quiet), workers()
    run_id = started(owner, a_crew(fault="hang"))
    assert owner.until(lambda: counted(quiet, run_id)["turns prepared"] == 1)
    [program] = programs_below(worker.pid)
    with owner.api() as api:
        assert api.delete(f"/runs/{run_id}").is_success
    assert owner.until(partial(_is_gone, program), seconds=10)
    assert owner.ended(run_id)["status"] == "CANCELLED"


def _until_recorded(stack: Stack, owner: Member, run_id: str, turns: int) -> None:
    owner.until(lambda: counted(stack, run_id)["turns"] >= turns or owner.run(run_id)["status"] in ENDED)


def _is_gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state in {"Z", "X"}
