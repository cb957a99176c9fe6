"""A job belongs to the holder of its step that submitted or joined it last: an id alone cancels nothing."""

import asyncio
from datetime import UTC, datetime

import pytest

from fixtures.sandboxing.launchers import a_job, opened
from foundation.contracts.tool_job import JobHolder, JobStatus, ToolJob, ToolResult
from foundation.domain.errors import LeaseLost
from foundation.domain.tools import SandboxProfile
from tool_runtime.launcher.jobs.board import JobBoard
from tool_runtime.launcher.jobs.finished import FinishedJobs
from tool_runtime.launcher.jobs.open_jobs import OpenJob


def a_board() -> JobBoard:
    return JobBoard(max_running=2, max_queued=8, finished=FinishedJobs(900, 1 << 20))


def held_by(job: ToolJob, generation: int, fence: int) -> ToolJob:
    """The same job as another holder of the step submits it."""
    return job.model_copy(update={"generation": generation, "fence": fence})


async def taken(board: JobBoard) -> OpenJob:
    entry = await board.take("runner", SandboxProfile.PYTHON, seconds=5)
    assert entry is not None
    return entry


def result_of(job: ToolJob, status: JobStatus = JobStatus.SUCCEEDED) -> ToolResult:
    return ToolResult(job_id=job.job_id, status=status, ended_at=datetime.now(UTC))


@pytest.mark.parametrize(("generation", "fence"), [(2, 1), (1, 2), (2, 7)])
async def test_a_cancel_of_an_earlier_holder_is_refused_once_a_later_one_has_joined(
    generation: int, fence: int
) -> None:
    board, job = a_board(), a_job()
    first = opened(board, job)
    joined = opened(board, held_by(job, generation, fence))
    assert joined is first
    entry = await taken(board)
    with pytest.raises(LeaseLost):
        board.cancel(job.job_id, job.holder)
    assert not entry.over.is_set()
    board.finish(entry, result_of(job))
    assert (await joined.answer).status is JobStatus.SUCCEEDED


async def test_the_latest_holder_cancels_what_it_has_joined() -> None:
    board, job = a_board(), a_job()
    opened(board, job)
    entry = await taken(board)
    later = held_by(job, 2, 2)
    opened(board, later)
    board.cancel(job.job_id, later.holder)
    assert entry.over.is_set()


async def test_an_earlier_holder_that_comes_late_does_not_take_the_job_back() -> None:
    board, job = a_board(), a_job()
    opened(board, held_by(job, 2, 5))
    with pytest.raises(LeaseLost):
        board.submit(held_by(job, 1, 9))
    with pytest.raises(LeaseLost):
        board.cancel(job.job_id, JobHolder(1, 9))


async def test_a_job_that_its_holder_cancelled_runs_again_for_a_later_one_only() -> None:
    board, job = a_board(), a_job()
    opened(board, job)
    board.cancel(job.job_id, job.holder)
    again = board.submit(job)
    assert isinstance(again, ToolResult)
    assert again.status is JobStatus.CANCELLED
    assert not opened(board, held_by(job, 2, 2)).answer.done()


async def test_a_later_holder_that_joins_while_the_job_is_being_ended_gets_a_run_of_its_own() -> None:
    board, job = a_board(), a_job()
    first = opened(board, job)
    entry = await taken(board)
    board.cancel(job.job_id, job.holder)
    later = held_by(job, 2, 2)
    second = opened(board, later)
    assert second is not first
    with pytest.raises(LeaseLost):
        board.cancel(job.job_id, job.holder)
    board.finish(entry, result_of(job, JobStatus.CANCELLED))
    assert (await first.answer).status is JobStatus.CANCELLED
    board.finish(await taken(board), result_of(later))
    assert (await second.answer).status is JobStatus.SUCCEEDED


async def test_a_job_that_ended_well_in_spite_of_its_cancel_answers_the_later_holder_too() -> None:
    board, job = a_board(), a_job()
    opened(board, job)
    entry = await taken(board)
    board.cancel(job.job_id, job.holder)
    second = opened(board, held_by(job, 2, 2))
    board.finish(entry, result_of(job))
    assert (await second.answer).status is JobStatus.SUCCEEDED
    assert board.demand.total() == 0


async def test_a_closing_board_answers_a_later_holder_as_well() -> None:
    board, job = a_board(), a_job()
    opened(board, job)
    await taken(board)
    board.cancel(job.job_id, job.holder)
    second = opened(board, held_by(job, 2, 2))
    board.close()
    with pytest.raises(Exception, match="stopping"):
        await asyncio.wait_for(second.answer, 5)


async def test_a_job_whose_failure_may_pass_runs_again_for_the_holder_after_its_cancel() -> None:
    board, job = a_board(), a_job()
    first = opened(board, job)
    entry = await taken(board)
    board.cancel(job.job_id, job.holder)
    second = opened(board, held_by(job, 2, 2))
    lost = ToolResult(job_id=job.job_id, status=JobStatus.FAILED, retryable=True, ended_at=datetime.now(UTC))
    board.finish(entry, lost)
    assert await first.answer == lost
    assert not second.answer.done()
    assert await taken(board) is second
