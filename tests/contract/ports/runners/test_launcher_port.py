"""What a launcher must do for a worker: the one over HTTP with its sandbox, and the one in memory."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from fixtures.machine.free_port import free_port
from fixtures.sandboxing.launchers import a_job, a_key, launcher_process
from foundation.contracts.tool_job import JobLimits, JobReason, JobState, JobStatus, ToolJob, ToolResult
from foundation.domain.errors import DependencyUnavailable, LeaseLost, SandboxUnavailable
from foundation.http.service_tokens import ServiceTokenSigner
from orchestrator.clients.launcher.base import JobRefused, JobUnknown, Launcher
from orchestrator.clients.launcher.fake import FakeLauncher
from orchestrator.clients.launcher.http import HttpLauncher

KINDS = ["fake", pytest.param("http", marks=pytest.mark.stack)]
HELLO = "print('hello')"
ENDLESS = "import time; time.sleep(3600)"
KEY = a_key()
HOUR = timedelta(hours=1)


def answer(job: ToolJob) -> ToolResult | None:
    """As the real one: what the code would print, nothing for what does not end, a refusal for what is no tool."""
    if job.tool != "code.python":
        raise JobRefused(f"there is no tool `{job.tool}`")
    if job.inputs:
        return ToolResult(
            job_id=job.job_id,
            status=JobStatus.FAILED,
            reason=JobReason.INPUT_UNAVAILABLE,
            retryable=True,
            ended_at=datetime.now(UTC),
        )
    if job.arguments["code"] == ENDLESS:
        return None
    return ToolResult(job_id=job.job_id, status=JobStatus.SUCCEEDED, stdout="hello\n", ended_at=datetime.now(UTC))


@asynccontextmanager
async def over_http(url: str) -> AsyncIterator[Launcher]:
    timeout = httpx.Timeout(5, read=None)
    async with httpx.AsyncClient(base_url=url, timeout=timeout, trust_env=False) as client:
        yield HttpLauncher(client, ServiceTokenSigner(KEY.as_dict(private=True), service="orchestrator"))


@pytest.fixture(params=KINDS)
async def launcher(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Launcher]:
    if request.param == "fake":
        yield FakeLauncher(answer)
        return
    async with launcher_process(tmp_path, KEY) as running, over_http(running.url) as made:
        yield made


@pytest.fixture(params=KINDS)
async def away(request: pytest.FixtureRequest) -> AsyncIterator[Launcher]:
    if request.param == "fake":
        yield FakeLauncher(away=True)
        return
    async with over_http(f"http://127.0.0.1:{free_port()}") as made:
        yield made


@pytest.fixture(params=KINDS)
async def narrow(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Launcher]:
    """One job at a time."""
    if request.param == "fake":
        yield FakeLauncher(answer, max_running=1)
        return
    async with (
        launcher_process(tmp_path, KEY, LOCKSTEP_LAUNCHER_MAX_RUNNING="1") as running,
        over_http(running.url) as made,
    ):
        yield made


@pytest.fixture(params=KINDS)
async def unsandboxed(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Launcher]:
    if request.param == "fake":
        yield FakeLauncher(answer, no_sandbox=True)
        return
    # No bubblewrap stands on this path.
    async with launcher_process(tmp_path, KEY, PATH=str(tmp_path)) as running, over_http(running.url) as made:
        yield made


class Caller:
    """One worker that has submitted a job and waits."""

    def __init__(self, launcher: Launcher, job: ToolJob) -> None:
        self.runs = asyncio.Event()
        self.waits = asyncio.Event()
        self.states: list[JobState] = []
        self.task = asyncio.create_task(launcher.run(job, on_state=self._note))

    async def _note(self, state: JobState) -> None:
        self.states.append(state)
        if state is JobState.RUNNING:
            self.runs.set()
        if state is JobState.WAITING:
            self.waits.set()

    async def until_it_runs(self) -> None:
        async with asyncio.timeout(60):
            await self.runs.wait()


async def ignore(_: JobState) -> None:
    return


def later(job: ToolJob, **holder: Any) -> ToolJob:
    """The same job as another holder of its step submits it."""
    return job.model_copy(update=holder)


async def test_a_job_is_answered_with_its_result(launcher: Launcher) -> None:
    job = a_job(HELLO)
    result = await launcher.run(job, on_state=ignore)
    assert (result.job_id, result.status, result.stdout) == (job.job_id, JobStatus.SUCCEEDED, "hello\n")


async def test_a_job_that_has_ended_gives_the_same_result_to_whoever_holds_the_step_next(launcher: Launcher) -> None:
    job = a_job(HELLO)
    first = await launcher.run(job, on_state=ignore)
    assert await launcher.run(later(job, fence=2), on_state=ignore) == first


async def test_a_job_whose_failure_may_pass_is_executed_again(launcher: Launcher) -> None:
    away = {"name": "a.csv", "url": f"http://127.0.0.1:{free_port()}/a.csv", "size": 1, "sha256": "0" * 64}
    job = a_job(HELLO, inputs=[away])
    first = await launcher.run(job, on_state=ignore)
    second = await launcher.run(job, on_state=ignore)
    assert [(one.status, one.reason, one.retryable) for one in (first, second)] == [
        (JobStatus.FAILED, JobReason.INPUT_UNAVAILABLE, True)
    ] * 2
    assert second.ended_at > first.ended_at


async def test_a_caller_that_leaves_leaves_its_job_running(launcher: Launcher) -> None:
    job = a_job(ENDLESS)
    caller = Caller(launcher, job)
    await caller.until_it_runs()
    caller.task.cancel()
    await asyncio.wait({caller.task})
    ended = await launcher.cancel(job)
    assert ended is not None
    assert ended.status is JobStatus.CANCELLED


@pytest.mark.parametrize("holder", [{"fence": 2}, {"generation": 2, "fence": 0}])
async def test_a_later_holder_joins_a_running_job_which_is_then_its_own(
    launcher: Launcher, holder: dict[str, int]
) -> None:
    job = a_job(ENDLESS)
    first = Caller(launcher, job)
    await first.until_it_runs()
    second = Caller(launcher, later(job, **holder))
    await second.until_it_runs()
    assert await launcher.cancel(job) is None, "the earlier holder has no say any more"
    assert not second.task.done()
    ended = await launcher.cancel(later(job, **holder))
    assert await asyncio.wait_for(second.task, 30) == await asyncio.wait_for(first.task, 30) == ended


async def test_a_job_that_its_holder_ended_runs_again_for_a_later_one(launcher: Launcher) -> None:
    job = a_job(ENDLESS)
    first = Caller(launcher, job)
    await first.until_it_runs()
    await launcher.cancel(job)
    assert (await asyncio.wait_for(first.task, 30)).status is JobStatus.CANCELLED
    second = Caller(launcher, later(job, fence=2))
    await second.until_it_runs()
    assert not second.task.done()
    await launcher.cancel(later(job, fence=2))
    await asyncio.wait_for(second.task, 30)


async def test_a_job_that_is_to_be_joined_only_is_joined_while_it_runs_and_when_it_has_ended(
    launcher: Launcher,
) -> None:
    job = a_job(ENDLESS)
    first = Caller(launcher, job)
    await first.until_it_runs()
    second = Caller(launcher, later(job, fence=2, join_only=True))
    await second.until_it_runs()
    ended = await launcher.cancel(later(job, fence=2))
    assert await asyncio.wait_for(second.task, 30) == await asyncio.wait_for(first.task, 30) == ended
    assert await launcher.run(later(job, fence=2, join_only=True), on_state=ignore) == ended
    with pytest.raises(JobUnknown):
        await launcher.run(later(job, fence=3, join_only=True), on_state=ignore)


async def test_a_job_that_is_to_be_joined_only_is_never_started(launcher: Launcher) -> None:
    job = a_job(HELLO)
    with pytest.raises(JobUnknown):
        await launcher.run(later(job, join_only=True), on_state=ignore)
    assert (await launcher.run(job, on_state=ignore)).status is JobStatus.SUCCEEDED


async def test_a_job_with_other_content_under_its_id_is_refused(launcher: Launcher) -> None:
    job = a_job(HELLO)
    await launcher.run(job, on_state=ignore)
    for other in ({"arguments": {"code": "print('other')"}}, {"step_id": UUID(int=9)}, {"run_id": UUID(int=9)}):
        with pytest.raises(JobRefused):
            await launcher.run(later(job, **other), on_state=ignore)


async def test_a_job_whose_addresses_and_limits_are_others_is_the_same_job(launcher: Launcher) -> None:
    job = a_job(HELLO)
    first = await launcher.run(job, on_state=ignore)
    again = later(job, limits=JobLimits(wall_seconds=7), traceparent=None, expires_at=datetime.now(UTC) + HOUR)
    assert await launcher.run(again, on_state=ignore) == first


async def test_a_job_waits_while_as_many_run_as_may_and_says_so(narrow: Launcher) -> None:
    first, second = a_job(ENDLESS), a_job(HELLO)
    running = Caller(narrow, first)
    await running.until_it_runs()
    waiting = Caller(narrow, second)
    async with asyncio.timeout(60):
        await waiting.waits.wait()
    assert not waiting.runs.is_set()
    await narrow.cancel(first)
    assert (await asyncio.wait_for(waiting.task, 30)).status is JobStatus.SUCCEEDED
    assert waiting.states == [JobState.WAITING, JobState.RUNNING]
    await asyncio.wait_for(running.task, 30)


async def test_a_job_that_is_ended_while_it_waits_never_runs(narrow: Launcher) -> None:
    first, second = a_job(ENDLESS), a_job(HELLO)
    running = Caller(narrow, first)
    await running.until_it_runs()
    waiting = Caller(narrow, second)
    async with asyncio.timeout(60):
        await waiting.waits.wait()
    ended = await narrow.cancel(second)
    assert await asyncio.wait_for(waiting.task, 30) == ended
    assert waiting.states == [JobState.WAITING]
    await narrow.cancel(first)
    await asyncio.wait_for(running.task, 30)


async def test_where_nothing_can_be_isolated_nothing_runs(unsandboxed: Launcher) -> None:
    job = a_job(HELLO)
    with pytest.raises(SandboxUnavailable):
        await unsandboxed.run(job, on_state=ignore)
    assert await unsandboxed.cancel(job) is None


async def test_an_earlier_holder_is_refused_once_a_later_one_has_the_job(launcher: Launcher) -> None:
    job = later(a_job(ENDLESS), fence=5)
    holder = Caller(launcher, job)
    await holder.until_it_runs()
    with pytest.raises(LeaseLost):
        await launcher.run(later(job, fence=4), on_state=ignore)
    await launcher.cancel(job)
    await asyncio.wait_for(holder.task, 30)


async def test_a_job_that_will_never_be_taken_is_refused_as_such(launcher: Launcher) -> None:
    with pytest.raises(JobRefused):
        await launcher.run(a_job(tool="no.tool"), on_state=ignore)


async def test_ending_a_job_that_nobody_knows_is_harmless(launcher: Launcher) -> None:
    assert await launcher.cancel(a_job(HELLO)) is None


async def test_a_launcher_that_does_not_answer_is_unavailable_and_ends_nothing(away: Launcher) -> None:
    job = a_job(HELLO)
    with pytest.raises(DependencyUnavailable):
        await away.run(job, on_state=ignore)
    assert await away.cancel(job) is None
    assert not await away.renew(job, "a token")


async def test_the_holder_of_an_open_job_hands_in_new_run_tokens_and_nobody_else_does(launcher: Launcher) -> None:
    job = later(a_job(ENDLESS), fence=5)
    holder = Caller(launcher, job)
    await holder.until_it_runs()
    assert await launcher.renew(job, "a newer token")
    assert not await launcher.renew(later(job, fence=4), "an older holder's")
    assert not await launcher.renew(a_job(HELLO), "of a job that is not there")
    await launcher.cancel(job)
    await asyncio.wait_for(holder.task, 30)
    assert not await launcher.renew(job, "too late")
