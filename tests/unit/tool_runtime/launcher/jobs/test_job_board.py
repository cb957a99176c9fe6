"""Which job runs, which waits, which answer each gets."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from fixtures.sandboxing.launchers import a_job
from foundation.contracts.tool_job import JobLimits, JobReason, JobStatus, ToolJob, ToolResult
from foundation.domain.errors import (
    DependencyUnavailable,
    IdempotencyConflict,
    NotFound,
    QuotaExceeded,
    SandboxUnavailable,
)
from foundation.domain.tools import SandboxProfile
from tool_runtime.launcher.jobs.board import JobBoard
from tool_runtime.launcher.jobs.finished import FinishedJobs
from tool_runtime.launcher.jobs.open_jobs import OpenJob


def a_board(*, max_running: int = 2, max_queued: int = 2, ttl: float = 900.0) -> JobBoard:
    return JobBoard(max_running=max_running, max_queued=max_queued, finished=FinishedJobs(ttl, 1 << 20))


def a_result(job: ToolJob, status: JobStatus = JobStatus.SUCCEEDED, *, retryable: bool = False) -> ToolResult:
    return ToolResult(job_id=job.job_id, status=status, retryable=retryable, ended_at=datetime.now(UTC))


def submitted(board: JobBoard, job: ToolJob) -> "asyncio.Future[ToolResult]":
    """The future answer, done where there is a result already."""
    found = board.submit(job)
    if isinstance(found, OpenJob):
        return found.answer
    answer: asyncio.Future[ToolResult] = asyncio.get_running_loop().create_future()
    answer.set_result(found)
    return answer


async def taken(board: JobBoard, runner: str) -> OpenJob:
    entry = await board.take(runner, SandboxProfile.PYTHON, seconds=5)
    assert entry is not None
    return entry


async def test_a_job_in_flight_is_joined_and_a_finished_one_repeated() -> None:
    board, job = a_board(), a_job()
    first, second = submitted(board, job), submitted(board, job)
    entry = await taken(board, "r1")
    board.finish(entry, a_result(job))
    assert first is second
    assert await first == await submitted(board, job)
    assert board.demand.total() == 0


async def test_fresh_addresses_and_less_time_are_the_same_job() -> None:
    board, job = a_board(), a_job()
    later = {
        "expires_at": job.expires_at + timedelta(minutes=9),
        "limits": JobLimits(wall_seconds=7),
        "traceparent": None,
    }
    again = job.model_copy(update=later)
    assert submitted(board, job) is submitted(board, again)


async def test_other_content_under_a_known_id_is_a_conflict() -> None:
    board, job = a_board(), a_job()
    other = job.model_copy(update={"arguments": {"code": "print(2)"}})
    submitted(board, job)
    with pytest.raises(IdempotencyConflict):
        submitted(board, other)
    board.finish(await taken(board, "r1"), a_result(job))
    with pytest.raises(IdempotencyConflict):
        submitted(board, other)


async def test_a_result_that_may_be_retried_is_not_repeated_but_runs_again() -> None:
    board, job = a_board(), a_job()
    first = submitted(board, job)
    board.lose(await taken(board, "r1"), "gone")
    result = await first
    assert (result.status, result.reason, result.retryable) == (JobStatus.FAILED, JobReason.RUNNER_LOST, True)
    assert not submitted(board, job).done()


async def test_a_late_result_of_a_lost_lease_does_not_answer_the_second_attempt() -> None:
    board, job = a_board(), a_job()
    submitted(board, job)
    lost = await taken(board, "r1")
    board.lose(lost, "gone")
    second = submitted(board, job)
    board.finish(lost, a_result(job))
    assert not second.done()


async def test_a_result_is_forgotten_after_its_time() -> None:
    now = [0.0]
    finished = FinishedJobs(10.0, 1 << 20, clock=lambda: now[0])
    job = a_job()
    finished.keep(a_result(job), "d", job.holder)
    now[0] = 9.9
    assert finished.find(job.job_id) is not None
    now[0] = 10.0
    assert finished.find(job.job_id) is None


async def test_the_oldest_results_go_when_memory_is_short() -> None:
    jobs = [a_job() for _ in range(3)]
    size = len(a_result(jobs[0]).model_dump_json())
    finished = FinishedJobs(10.0, size * 2 + 10)
    for job in jobs:
        finished.keep(a_result(job), "d", job.holder)
    assert [finished.find(job.job_id) is not None for job in jobs] == [False, True, True]


async def test_no_more_jobs_run_than_allowed_and_the_rest_wait_in_order() -> None:
    board = a_board(max_running=1)
    jobs = [a_job(), a_job()]
    for job in jobs:
        submitted(board, job)
    entry = await taken(board, "r1")
    waiting = asyncio.create_task(board.take("r2", SandboxProfile.PYTHON, seconds=30))
    await asyncio.sleep(0)
    assert not waiting.done()
    board.finish(entry, a_result(jobs[0]))
    second = await waiting
    assert [entry.job, second and second.job] == jobs


async def test_beyond_the_queue_a_job_is_refused_with_a_time_to_come_back() -> None:
    board = a_board()
    for _ in range(4):
        submitted(board, a_job())
    with pytest.raises(QuotaExceeded) as refused:
        submitted(board, a_job())
    assert refused.value.retry_after is not None


async def test_a_job_whose_addresses_lapsed_while_it_waited_is_not_started() -> None:
    board = a_board()
    late = submitted(board, a_job(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    good = a_job()
    submitted(board, good)
    entry = await taken(board, "r1")
    assert entry.job == good
    assert (await late).reason is JobReason.JOB_EXPIRED


async def test_cancelling_a_job_that_waits_ends_it_and_one_that_runs_tells_its_runner() -> None:
    board, waits, runs = a_board(), a_job(), a_job()
    submitted(board, runs)
    entry = await taken(board, "r1")
    answer = submitted(board, waits)
    board.cancel(waits.job_id, waits.holder)
    board.cancel(runs.job_id, runs.holder)
    assert (await answer).status is JobStatus.CANCELLED
    assert entry.over.is_set()
    assert not entry.answer.done()
    board.lose(entry, "killed")
    assert (await entry.answer).status is JobStatus.CANCELLED


async def test_an_unknown_job_cannot_be_cancelled() -> None:
    with pytest.raises(NotFound):
        a_board().cancel(a_job().job_id, a_job().holder)


async def test_a_runner_that_is_gone_is_given_nothing() -> None:
    board = a_board()
    gone = asyncio.create_task(board.take("r1", SandboxProfile.PYTHON, seconds=30))
    await asyncio.sleep(0)
    board.forget_idle("r1")
    assert await gone is None
    submitted(board, a_job())
    assert (await taken(board, "r2")).runner == "r2"


async def test_without_a_sandbox_what_waits_is_refused_and_what_runs_goes_on() -> None:
    board, runs, waits = a_board(), a_job(), a_job()
    submitted(board, runs)
    entry = await taken(board, "r1")
    answer = submitted(board, waits)
    board.refuse_waiting(SandboxProfile.PYTHON, lambda: SandboxUnavailable("no bubblewrap"))
    with pytest.raises(SandboxUnavailable):
        await answer
    assert not entry.answer.done()


async def test_a_closing_board_answers_everything_and_takes_nothing() -> None:
    board = a_board()
    idle = asyncio.create_task(board.take("r1", SandboxProfile.PYTHON, seconds=30))
    await asyncio.sleep(0)
    answers = [submitted(board, a_job()), submitted(board, a_job())]
    board.close()
    for answer in answers:
        with pytest.raises(DependencyUnavailable):
            await answer
    with pytest.raises(DependencyUnavailable):
        submitted(board, a_job())
    assert await idle is not None
    assert await board.take("r2", SandboxProfile.PYTHON, seconds=30) is None
