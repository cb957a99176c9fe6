"""A job goes to one runner under one lease, whose token alone may end it; a lease that is over is known to nobody."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fixtures.sandboxing.launchers import a_job, opened
from fixtures.sandboxing.sandboxes import UID_LOCKS
from fixtures.sandboxing.sealed import a_seal, a_seal_jwks
from foundation.contracts.egress.sealing import Opener
from foundation.contracts.tool_job import JobStatus, ToolResult
from foundation.domain.errors import BadRequest, Unauthenticated
from foundation.domain.tools import SandboxProfile
from foundation.telemetry.traces import parse_traceparent
from tool_runtime.launcher.jobs.board import JobBoard
from tool_runtime.launcher.jobs.finished import FinishedJobs
from tool_runtime.launcher.runners.leases import LeaseBook
from tool_runtime.launcher.runners.pools import RunnerPools
from tool_runtime.protocol import RunnerLease
from tool_runtime.sandbox.probe import SandboxProbe
from tool_runtime.sandbox.profiles import PROFILES


class WaitingRunner:
    """A runner that waits until it is killed."""

    trouble = ""

    def __init__(self) -> None:
        self.killed = asyncio.Event()

    async def wait(self) -> int | None:
        await self.killed.wait()
        return -9

    async def kill(self) -> None:
        self.killed.set()


class WaitingRunners:
    """Keeps the tokens of what it starts, the latest last."""

    usual_start_seconds, most_runners = 0.3, 63

    def __init__(self) -> None:
        self.runners: dict[str, WaitingRunner] = {}
        self.has_started = asyncio.Event()

    async def start(self, token: str, profile: SandboxProfile) -> WaitingRunner:  # noqa: ARG002
        self.runners[token] = WaitingRunner()
        self.has_started.set()
        return self.runners[token]

    async def close(self) -> None:
        pass


class Bench:
    def __init__(self, root: Path) -> None:
        self.starter = WaitingRunners()
        self.board = JobBoard(max_running=3, max_queued=5, finished=FinishedJobs(60, 1 << 20))
        python = SandboxProfile.PYTHON
        probes = {python: SandboxProbe(PROFILES[python], sandbox_root=root, uid_locks=UID_LOCKS)}
        self.pool = RunnerPools(self.starter, self.board, probes, spare=1, most_spare=1)
        self.leases = LeaseBook(self.board, self.pool, Opener(a_seal_jwks(a_seal(), private=True)))

    async def token(self) -> str:
        await self.starter.has_started.wait()
        return list(self.starter.runners)[-1]

    async def lease(self) -> RunnerLease:
        lease = await self.leases.give(await self.token())
        assert lease is not None
        return lease


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    bench = Bench(tmp_path)
    filling = asyncio.create_task(bench.pool.run())
    yield bench
    filling.cancel()
    bench.board.close()
    await bench.pool.close()


def a_result(lease: RunnerLease) -> ToolResult:
    return ToolResult(job_id=lease.job.job_id, status=JobStatus.SUCCEEDED, retryable=False, ended_at=datetime.now(UTC))


async def test_a_runner_gets_the_job_that_waits_and_its_result_is_the_answer(bench: Bench) -> None:
    job = a_job()
    answer = opened(bench.board, job).answer
    lease = await bench.lease()
    assert lease.job.model_copy(update={"traceparent": job.traceparent}) == job
    await bench.leases.hand_in(lease.lease_id, lease.token, a_result(lease))
    assert (await answer).status is JobStatus.SUCCEEDED


async def test_a_runners_spans_stand_below_that_of_the_launch(bench: Bench) -> None:
    job = a_job()
    answer = opened(bench.board, job).answer
    lease = await bench.lease()
    await bench.leases.hand_in(lease.lease_id, lease.token, a_result(lease))
    [span] = (await answer).spans
    asked, below = parse_traceparent(job.traceparent), parse_traceparent(lease.job.traceparent)
    assert asked is not None
    assert below is not None
    assert (span.parent_span_id, span.span_id, below.trace_id) == (asked.span_id, below.span_id, asked.trace_id)


async def test_a_token_that_is_not_known_or_was_used_gets_no_lease(bench: Bench) -> None:
    opened(bench.board, a_job())
    token = await bench.token()
    assert await bench.leases.give(token) is not None
    for dead in (token, "another"):
        with pytest.raises(Unauthenticated):
            await bench.leases.give(dead)


async def test_only_the_leases_own_token_may_ask_or_hand_in(bench: Bench) -> None:
    opened(bench.board, a_job())
    lease = await bench.lease()
    for lease_id, token in ((lease.lease_id, "another"), ("another", lease.token)):
        with pytest.raises(Unauthenticated):
            await bench.leases.hand_in(lease_id, token, a_result(lease))
        with pytest.raises(Unauthenticated):
            await bench.leases.is_over(lease_id, token)


async def test_a_result_of_another_job_is_refused_and_the_lease_goes_on(bench: Bench) -> None:
    answer = opened(bench.board, a_job()).answer
    lease = await bench.lease()
    other = ToolResult(job_id=a_job().job_id, status=JobStatus.SUCCEEDED, retryable=False, ended_at=datetime.now(UTC))
    with pytest.raises(BadRequest):
        await bench.leases.hand_in(lease.lease_id, lease.token, other)
    await bench.leases.hand_in(lease.lease_id, lease.token, a_result(lease))
    assert (await answer).status is JobStatus.SUCCEEDED


async def test_a_lease_whose_job_has_its_answer_is_forgotten(bench: Bench) -> None:
    answer = opened(bench.board, a_job()).answer
    lease = await bench.lease()
    await bench.leases.hand_in(lease.lease_id, lease.token, a_result(lease))
    await answer
    await asyncio.sleep(0)
    with pytest.raises(Unauthenticated):
        await bench.leases.hand_in(lease.lease_id, lease.token, a_result(lease))


async def test_a_runner_hears_that_its_job_is_to_end(bench: Bench) -> None:
    entry = opened(bench.board, a_job())
    lease = await bench.lease()
    asking = asyncio.create_task(bench.leases.is_over(lease.lease_id, lease.token))
    await asyncio.sleep(0)
    assert not asking.done()
    entry.over.set()
    assert await asking


async def test_a_runner_that_ends_with_a_job_has_lost_it(bench: Bench) -> None:
    answer = opened(bench.board, a_job()).answer
    token = await bench.token()
    assert await bench.leases.give(token) is not None
    await bench.starter.runners[token].kill()
    result = await answer
    assert result.retryable
    assert result.status is not JobStatus.SUCCEEDED
