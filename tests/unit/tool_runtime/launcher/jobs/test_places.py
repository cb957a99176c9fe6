"""How many jobs run beside each other depends on what they take of the machine."""

from datetime import UTC, datetime
from typing import Any

from fixtures.sandboxing.launchers import a_job, opened
from foundation.contracts.tool_job import JobStatus, ToolJob, ToolResult
from foundation.domain.tools import SandboxProfile
from tool_runtime.launcher.jobs.board import JobBoard
from tool_runtime.launcher.jobs.finished import FinishedJobs
from tool_runtime.launcher.jobs.open_jobs import OpenJob

REQUEST: dict[str, Any] = {"tool": "http", "arguments": {"method": "GET", "url": "https://a.example/"}}


def a_board(places_: int) -> JobBoard:
    return JobBoard(max_running=places_, max_queued=50, finished=FinishedJobs(900, 1 << 20))


async def running(board: JobBoard, jobs: list[ToolJob]) -> list[OpenJob]:
    """Which of the jobs run, when there are runners enough for all."""
    entries = [opened(board, job) for job in jobs]
    for place, _ in enumerate(jobs):
        await board.take(f"runner {place}", SandboxProfile.PYTHON, seconds=0)
    return [entry for entry in entries if entry.runner is not None]


async def test_two_light_jobs_run_in_the_place_of_one_that_computes() -> None:
    board = a_board(2)
    jobs = [a_job(), a_job(**REQUEST), a_job(**REQUEST), a_job(**REQUEST)]
    assert [entry.job.tool for entry in await running(board, jobs)] == ["code.python", "http", "http"]
    assert board.demand.total() == 3


async def test_a_job_that_does_not_fit_yet_is_not_passed_by_smaller_ones() -> None:
    board = a_board(2)
    first, *_ = await running(board, [a_job(**REQUEST), a_job(), a_job(), a_job(**REQUEST)])
    waiting = [entry for entry in board._open.values() if entry.runner is None]
    assert [entry.job.tool for entry in waiting] == ["code.python", "http"]
    board.finish(first, ToolResult(job_id=first.job.job_id, status=JobStatus.SUCCEEDED, ended_at=datetime.now(UTC)))
    assert (await board.take("another", SandboxProfile.PYTHON, seconds=1)) is waiting[0]


async def test_a_job_that_takes_more_than_there_is_has_all_of_it_alone() -> None:
    board = a_board(1)
    large, small = opened(board, a_job()), opened(board, a_job(**REQUEST))
    large.shares = 4
    assert board.demand.total() == 1
    assert (await board.take("one", SandboxProfile.PYTHON, seconds=1)) is large
    assert (await board.take("another", SandboxProfile.PYTHON, seconds=0)) is None
    board.finish(large, ToolResult(job_id=large.job.job_id, status=JobStatus.SUCCEEDED, ended_at=datetime.now(UTC)))
    assert (await board.take("another", SandboxProfile.PYTHON, seconds=1)) is small
