"""Which tenant's job gets the next runner, and whose jobs are refused when too many wait."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.sandboxing.launchers import a_job
from foundation.contracts.tool_job import JobStatus, ToolJob, ToolResult
from foundation.domain.errors import QuotaExceeded
from foundation.domain.ids import TenantId
from foundation.domain.tools import SandboxProfile
from tool_runtime.launcher.jobs.board import JobBoard
from tool_runtime.launcher.jobs.finished import FinishedJobs
from tool_runtime.launcher.jobs.open_jobs import OpenJob
from tool_runtime.launcher.jobs.waiting import WaitingJobs

A, B, C = TenantId(UUID(int=10)), TenantId(UUID(int=11)), TenantId(UUID(int=12))


def job_of(tenant: UUID) -> ToolJob:
    return a_job(tenant_id=tenant)


def a_board(*, max_running: int, max_queued: int = 100, max_waiting: int = 1000) -> JobBoard:
    finished = FinishedJobs(900, 1 << 20)
    return JobBoard(max_running=max_running, max_queued=max_queued, max_waiting=max_waiting, finished=finished)


async def taken(board: JobBoard) -> OpenJob:
    entry = await board.take("runner", SandboxProfile.PYTHON, seconds=5)
    assert entry is not None
    return entry


def end(board: JobBoard, entry: OpenJob) -> None:
    board.finish(entry, ToolResult(job_id=entry.job.job_id, status=JobStatus.SUCCEEDED, ended_at=datetime.now(UTC)))


@pytest.mark.parametrize("max_running", [1, 4])
async def test_with_forty_jobs_of_one_tenant_queued_another_tenants_job_gets_the_next_free_place(
    max_running: int,
) -> None:
    board = a_board(max_running=max_running)
    for _ in range(40):
        board.submit(job_of(A))
    running = [await taken(board) for _ in range(max_running)]
    board.submit(job_of(B))
    end(board, running[0])
    assert (await taken(board)).job.tenant_id == B


@pytest.mark.parametrize("max_running", [1, 4])
async def test_a_tenant_whose_jobs_never_end_keeps_no_other_one_waiting(max_running: int) -> None:
    board = a_board(max_running=max_running)
    for _ in range(40):
        board.submit(job_of(A))
    for _ in range(max_running):
        await taken(board)
    assert await board.take("idle", SandboxProfile.PYTHON, seconds=0.01) is None
    for tenant in (B, C, B):
        board.submit(job_of(tenant))
    assert board.demand[SandboxProfile.PYTHON] == max_running + 1
    first = await taken(board)
    assert first.job.tenant_id == B
    # The place beside the others is one: the next tenant gets it when it is free, and never a second job of one.
    assert await board.take("idle", SandboxProfile.PYTHON, seconds=0.01) is None
    end(board, first)
    assert (await taken(board)).job.tenant_id == C
    assert await board.take("idle", SandboxProfile.PYTHON, seconds=0.01) is None


async def test_a_heavy_first_job_has_the_place_beside_the_others_to_itself() -> None:
    board = a_board(max_running=4)
    for _ in range(8):
        board.submit(job_of(A))
    for _ in range(4):
        await taken(board)
    board.submit(a_job(tool="browser", arguments={"steps": [{"goto": "https://a.example.com"}]}, tenant_id=B))
    heavy = await board.take("runner", SandboxProfile.BROWSER, seconds=5)
    assert heavy is not None
    assert heavy.job.tenant_id == B
    board.submit(job_of(C))
    assert await board.take("idle", SandboxProfile.PYTHON, seconds=0.01) is None


async def test_tenants_with_backlogs_share_the_places_equally() -> None:
    board = a_board(max_running=2)
    for tenant in (A, B, C):
        for _ in range(10):
            board.submit(job_of(tenant))
    running = [await taken(board), await taken(board)]
    served = [entry.job.tenant_id for entry in running]
    for _ in range(16):
        end(board, running.pop(0))
        running.append(await taken(board))
        served.append(running[-1].job.tenant_id)
    assert Counter(served) == {A: 6, B: 6, C: 6}


async def test_tenants_that_wait_with_one_job_at_a_time_do_not_pass_one_with_a_backlog() -> None:
    board = a_board(max_running=1)
    for tenant in (A, A, A, B, C):
        board.submit(job_of(tenant))
    served = []
    for _ in range(9):
        entry = await taken(board)
        served.append(entry.job.tenant_id)
        end(board, entry)
        if entry.job.tenant_id != A:
            board.submit(job_of(entry.job.tenant_id))
    assert Counter(served)[A] == 3


async def test_a_tenant_whose_queue_is_full_is_refused_and_its_neighbour_is_not() -> None:
    board = a_board(max_running=1, max_queued=3)
    for _ in range(4):
        board.submit(job_of(A))
    with pytest.raises(QuotaExceeded, match="4 jobs of this tenant are open"):
        board.submit(job_of(A))
    board.submit(job_of(B))


async def test_a_board_that_others_have_filled_takes_a_tenants_first_job_all_the_same() -> None:
    board = a_board(max_running=1, max_waiting=2)
    for tenant in (A, A, B):
        board.submit(job_of(tenant))
    board.submit(job_of(C))
    with pytest.raises(QuotaExceeded, match="4 jobs are open"):
        board.submit(job_of(C))


@given(moves=st.lists(st.tuples(st.sampled_from(["add", "take", "end"]), st.sampled_from([A, B, C])), max_size=80))
def test_no_tenant_gets_a_place_while_one_that_waits_has_fewer(moves: list[tuple[str, TenantId]]) -> None:
    waiting, running = WaitingJobs(), list[OpenJob]()
    for move, tenant in moves:
        if move == "add":
            waiting.add(_entry(tenant))
        elif move == "end":
            running = [entry for entry in running if entry is not running[0]]
        else:
            before = {one: waiting.of(one) for one in (A, B, C)}
            entry = waiting.first(running)
            assert (entry is None) == (sum(before.values()) == 0)
            if entry is not None:
                waiting.take(entry)
                busy = Counter(one.job.tenant_id for one in running)
                hungry = [busy[one] for one, jobs in before.items() if jobs]
                assert busy[entry.job.tenant_id] == min(hungry)
                running.append(entry)
    assert len(waiting) == sum(waiting.of(one) for one in (A, B, C))


def _entry(tenant: UUID) -> OpenJob:
    """An open job whose answer nobody awaits."""
    loop = asyncio.new_event_loop()
    loop.close()
    return OpenJob(job_of(tenant), "digest", answer=asyncio.Future(loop=loop))
