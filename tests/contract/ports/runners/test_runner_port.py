"""What everything that starts runners must do, whatever stands behind it; the launcher is played by a small server."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fixtures.attacking.lease_server import TOKEN, LeaseServer, lease_server
from fixtures.sandboxing.launchers import a_job
from fixtures.sandboxing.sandboxes import UID_LOCKS, sandbox_root
from foundation.contracts.tool_job import JobStatus, ToolJob, ToolResult
from foundation.domain.tools import SandboxProfile
from tool_runtime.launcher.runners.base import RunnerStarter, RunnerStartError
from tool_runtime.launcher.runners.fake import FakeRunners
from tool_runtime.launcher.runners.local import LocalRunners
from tool_runtime.protocol import EXIT_FAILED, EXIT_NO_SANDBOX
from tool_runtime.sandbox import assets


@pytest.fixture
async def server() -> AsyncIterator[LeaseServer]:
    async with lease_server(LeaseServer(a_job("print('hello')"))) as served:
        yield served


def local(url: str) -> RunnerStarter:
    assets.install(sandbox_root())
    return LocalRunners(
        url,
        sandbox_root(),
        UID_LOCKS,
        host_memory_floor=0.0,
        egress_private=(),
        egress_authorities=None,
        search_path="/usr/bin:/bin",
    )


def fake(url: str) -> FakeRunners:
    def answer(job: ToolJob) -> ToolResult:
        return ToolResult(job_id=job.job_id, status=JobStatus.SUCCEEDED, stdout="hello\n", ended_at=datetime.now(UTC))

    return FakeRunners(url, answer)


KINDS = [pytest.param(fake, id="fake"), pytest.param(local, id="local", marks=pytest.mark.stack)]


@pytest.fixture(params=KINDS)
async def starter(request: pytest.FixtureRequest, server: LeaseServer) -> AsyncIterator[RunnerStarter]:
    made: RunnerStarter = request.param(server.url)
    yield made
    await made.close()


async def test_a_runner_takes_one_lease_hands_in_its_result_and_ends(
    starter: RunnerStarter, server: LeaseServer
) -> None:
    server.may_give.set()
    runner = await starter.start(TOKEN, SandboxProfile.PYTHON)
    result = await asyncio.wait_for(server.results.get(), 30)
    assert (result.job_id, result.status, result.stdout) == (server.job.job_id, JobStatus.SUCCEEDED, "hello\n")
    assert await asyncio.wait_for(runner.wait(), 30) == 0


async def test_a_killed_runner_is_gone_and_hands_nothing_in(starter: RunnerStarter, server: LeaseServer) -> None:
    runner = await starter.start(TOKEN, SandboxProfile.PYTHON)
    await asyncio.wait_for(server.asked.wait(), 30)
    await asyncio.wait_for(runner.kill(), 30)
    assert await asyncio.wait_for(runner.wait(), 30) == -signal.SIGKILL
    server.may_give.set()
    assert server.results.empty()


async def test_killing_twice_or_after_the_end_is_harmless(starter: RunnerStarter, server: LeaseServer) -> None:
    server.may_give.set()
    runner = await starter.start(TOKEN, SandboxProfile.PYTHON)
    assert await asyncio.wait_for(runner.wait(), 30) == 0
    await runner.kill()
    await runner.kill()
    assert await runner.wait() == 0, "how it ended does not change"


async def test_a_runner_whose_token_is_not_accepted_ends_by_itself(starter: RunnerStarter, server: LeaseServer) -> None:
    runner = await starter.start("another-token", SandboxProfile.PYTHON)
    assert await asyncio.wait_for(runner.wait(), 30) == 0
    assert not server.asked.is_set()


async def test_a_runner_that_fails_says_so_and_hands_nothing_in(starter: RunnerStarter, server: LeaseServer) -> None:
    server.is_garbled = True
    server.may_give.set()
    runner = await starter.start(TOKEN, SandboxProfile.PYTHON)
    assert await asyncio.wait_for(runner.wait(), 30) == EXIT_FAILED
    assert server.results.empty()


@pytest.mark.parametrize("make", KINDS)
async def test_a_runner_without_a_sandbox_says_so_before_it_asks_for_a_lease(
    make: Callable[[str], RunnerStarter], server: LeaseServer, tmp_path: Path
) -> None:
    starter = make(server.url)
    if isinstance(starter, FakeRunners):
        starter.no_sandbox = True
    if isinstance(starter, LocalRunners):
        starter.sandbox_root = tmp_path
    runner = await starter.start(TOKEN, SandboxProfile.PYTHON)
    assert await asyncio.wait_for(runner.wait(), 30) == EXIT_NO_SANDBOX
    assert not server.asked.is_set()
    await starter.close()


@pytest.mark.parametrize("make", KINDS)
async def test_a_start_that_fails_is_told_as_such(
    make: Callable[[str], RunnerStarter], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    # The interpreter that the local runners would start is not there.
    monkeypatch.setattr("sys.executable", str(tmp_path / "nothing"))
    starter = make("http://127.0.0.1:1")
    if isinstance(starter, FakeRunners):
        starter.refuses = True
    with pytest.raises(RunnerStartError):
        await starter.start(TOKEN, SandboxProfile.PYTHON)
