"""What everything that starts runners must do, whatever stands behind it; the launcher is played by a small server."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web

from fixtures.sandboxing.launchers import a_job
from fixtures.sandboxing.sandboxes import UID_LOCKS, sandbox_root
from foundation.contracts.tool_job import JobStatus, ToolJob, ToolResult
from foundation.domain.tools import SandboxProfile
from tool_runtime.launcher.runners.base import RunnerStarter, RunnerStartError
from tool_runtime.launcher.runners.fake import FakeRunners
from tool_runtime.launcher.runners.local import LocalRunners
from tool_runtime.protocol import EXIT_FAILED, EXIT_NO_SANDBOX, RunnerLease
from tool_runtime.sandbox import assets


@dataclass
class LeaseServer:
    """Gives one job to the right token and keeps what comes back."""

    job: ToolJob
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    may_give: asyncio.Event = field(default_factory=asyncio.Event)
    results: "asyncio.Queue[ToolResult]" = field(default_factory=asyncio.Queue)
    url: str = ""
    is_garbled: bool = False
    """What it gives is no lease."""

    async def take(self, request: web.Request) -> web.Response:
        if request.headers["Authorization"] != "Bearer the-token":
            return web.Response(status=401)
        self.asked.set()
        await self.may_give.wait()
        if self.is_garbled:
            return web.Response(text="{}", content_type="application/json")
        lease = RunnerLease(lease_id="one", token="lease-token", job=self.job)
        return web.Response(text=lease.model_dump_json(), content_type="application/json")

    async def cancellation(self, _: web.Request) -> web.Response:
        await asyncio.sleep(60)
        return web.Response(status=204)

    async def hand_in(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"] == "Bearer lease-token"
        self.results.put_nowait(ToolResult.model_validate_json(await request.read()))
        return web.Response(status=204)


@pytest.fixture
async def server() -> AsyncIterator[LeaseServer]:
    async with lease_server(LeaseServer(a_job("print('hello')"))) as served:
        yield served


@asynccontextmanager
async def lease_server(played: LeaseServer) -> AsyncIterator[LeaseServer]:
    app = web.Application()
    app.router.add_post("/leases", played.take)
    app.router.add_get("/leases/one/cancellation", played.cancellation)
    app.router.add_post("/leases/one/result", played.hand_in)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    played.url = "http://{}:{}".format(*runner.addresses[0][:2])
    try:
        yield played
    finally:
        await runner.cleanup()


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
    runner = await starter.start("the-token", SandboxProfile.PYTHON)
    result = await asyncio.wait_for(server.results.get(), 30)
    assert (result.job_id, result.status, result.stdout) == (server.job.job_id, JobStatus.SUCCEEDED, "hello\n")
    assert await asyncio.wait_for(runner.wait(), 30) == 0


async def test_a_killed_runner_is_gone_and_hands_nothing_in(starter: RunnerStarter, server: LeaseServer) -> None:
    runner = await starter.start("the-token", SandboxProfile.PYTHON)
    await asyncio.wait_for(server.asked.wait(), 30)
    await asyncio.wait_for(runner.kill(), 30)
    assert await asyncio.wait_for(runner.wait(), 30) == -signal.SIGKILL
    server.may_give.set()
    assert server.results.empty()


async def test_killing_twice_or_after_the_end_is_harmless(starter: RunnerStarter, server: LeaseServer) -> None:
    server.may_give.set()
    runner = await starter.start("the-token", SandboxProfile.PYTHON)
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
    runner = await starter.start("the-token", SandboxProfile.PYTHON)
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
    runner = await starter.start("the-token", SandboxProfile.PYTHON)
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
        await starter.start("the-token", SandboxProfile.PYTHON)
