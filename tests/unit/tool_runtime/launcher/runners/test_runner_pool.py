"""How many runners there are, and what becomes of jobs when none comes up."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fixtures.sandboxing.launchers import a_job, opened
from fixtures.sandboxing.sandboxes import UID_LOCKS
from foundation.domain.errors import DependencyUnavailable, SandboxUnavailable
from foundation.domain.tools import SandboxProfile
from tool_runtime.launcher.jobs.arrivals import Arrivals
from tool_runtime.launcher.jobs.board import JobBoard
from tool_runtime.launcher.jobs.finished import FinishedJobs
from tool_runtime.launcher.runners.base import RunnerStarter, RunnerStartError
from tool_runtime.launcher.runners.pool import RunnerPool, Spares
from tool_runtime.launcher.runners.pools import RunnerPools
from tool_runtime.protocol import EXIT_NO_SANDBOX
from tool_runtime.sandbox.probe import SandboxProbe
from tool_runtime.sandbox.profiles import PROFILES


@dataclass(eq=False)
class IdleRunner:
    """A runner that does nothing until it is ended."""

    exit_code: "asyncio.Future[int]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    trouble: str = ""

    async def wait(self) -> int | None:
        return await self.exit_code

    async def kill(self) -> None:
        if not self.exit_code.done():
            self.exit_code.set_result(-9)


@dataclass
class IdleRunners:
    """Counts what it starts; with an exit code, every runner ends with it at once."""

    exit_code: int | None = None
    refuses: bool = False
    started: list[tuple[str, IdleRunner]] = field(default_factory=list)
    usual_start_seconds: float = 0.3
    most_runners: int = 63

    async def start(self, token: str, profile: SandboxProfile) -> IdleRunner:  # noqa: ARG002
        if self.refuses:
            raise RunnerStartError("no room")
        runner = IdleRunner()
        self.started.append((token, runner))
        if self.exit_code is not None:
            runner.exit_code.set_result(self.exit_code)
        return runner

    async def close(self) -> None:
        pass

    def alive(self) -> int:
        return sum(not runner.exit_code.done() for _, runner in self.started)


@asynccontextmanager
async def a_pool(
    starter: RunnerStarter, root: Path, *, spare: int = 1, kind: SandboxProfile = SandboxProfile.PYTHON
) -> AsyncIterator[tuple[RunnerPools, JobBoard]]:
    board = JobBoard(max_running=3, max_queued=5, finished=FinishedJobs(60, 1 << 20))
    probes = {kind: SandboxProbe(PROFILES[kind], sandbox_root=root, uid_locks=UID_LOCKS)}
    pool = RunnerPools(starter, board, probes, spare=spare, most_spare=spare)
    filling = asyncio.create_task(pool.run())
    try:
        yield pool, board
    finally:
        filling.cancel()
        board.close()
        await pool.close()


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0)


async def test_spare_runners_wait_and_open_jobs_get_their_own_up_to_the_limit(tmp_path: Path) -> None:
    starter = IdleRunners()
    async with a_pool(starter, tmp_path, spare=2) as (_, board):
        await until(lambda: starter.alive() == 2)
        for _ in range(5):
            opened(board, a_job())
        await until(lambda: starter.alive() == 5)
        await asyncio.sleep(0)
        assert starter.alive() == 5  # three may run, two wait
    assert starter.alive() == 0


async def test_of_a_kind_whose_jobs_take_minutes_none_waits_and_each_job_gets_its_own(tmp_path: Path) -> None:
    starter = IdleRunners()
    arguments = {"agent": "codex", "model": "default", "instructions": "Mend it."}
    async with a_pool(starter, tmp_path, spare=2, kind=SandboxProfile.AGENT) as (_, board):
        await asyncio.sleep(0)
        assert starter.alive() == 0
        opened(board, a_job(tool="code_agent", arguments=arguments))
        await until(lambda: starter.alive() == 1)
        await asyncio.sleep(0)
        assert starter.alive() == 1


async def test_each_runner_has_a_token_of_its_own_that_is_dead_after_its_job(tmp_path: Path) -> None:
    starter = IdleRunners()
    async with a_pool(starter, tmp_path, spare=3) as (pool, board):
        await until(lambda: starter.alive() == 3)
        tokens = [token for token, _ in starter.started]
        assert len(set(tokens)) == 3
        place = pool.find(tokens[0])
        assert place is not None
        assert pool.find("another") is None
        opened(board, a_job())
        place.job = await board.take(place.name, place.profile, seconds=5)
        assert pool.find(tokens[0]) is None


async def test_a_runner_that_ends_is_replaced(tmp_path: Path) -> None:
    starter = IdleRunners()
    async with a_pool(starter, tmp_path) as (pool, board):
        await until(lambda: starter.alive() == 1)
        token, runner = starter.started[0]
        place = pool.find(token)
        assert place is not None
        answer = opened(board, a_job()).answer
        place.job = await board.take(place.name, place.profile, seconds=5)
        await runner.kill()
        assert (await answer).retryable
        await until(lambda: starter.alive() == 1 and len(starter.started) >= 2)


async def test_a_job_does_not_wait_for_ever_for_runners_that_do_not_start(tmp_path: Path) -> None:
    async with a_pool(IdleRunners(refuses=True), tmp_path) as (_, board):
        with pytest.raises(DependencyUnavailable, match="no room"):
            await asyncio.wait_for(opened(board, a_job()).answer, 20)


async def test_a_job_is_told_at_once_when_its_runner_found_no_sandbox(tmp_path: Path) -> None:
    async with a_pool(IdleRunners(exit_code=EXIT_NO_SANDBOX), tmp_path / "nothing") as (_, board):
        with pytest.raises(SandboxUnavailable, match="not installed"):
            await asyncio.wait_for(opened(board, a_job()).answer, 20)


async def test_each_failure_to_start_doubles_the_pause_up_to_half_a_minute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, pauses = asyncio.get_running_loop(), list[float]()

    def at_once(seconds: float, callback: Callable[[], None]) -> asyncio.TimerHandle:
        pauses.append(seconds)
        return loop.call_at(loop.time(), callback)

    monkeypatch.setattr(loop, "call_later", at_once)
    async with a_pool(IdleRunners(refuses=True), tmp_path):
        await until(lambda: len(pauses) >= 8)
    assert pauses[:8] == [0.5, 1, 2, 4, 8, 16, 30, 30]


async def test_runners_that_waited_for_a_rush_are_ended_after_it(tmp_path: Path) -> None:
    starter, clock = IdleRunners(), [0.0]
    board = JobBoard(max_running=3, max_queued=50, finished=FinishedJobs(60, 1 << 20))
    board.arrivals[SandboxProfile.PYTHON] = rush = Arrivals(lambda: clock[0])
    probe = SandboxProbe(PROFILES[SandboxProfile.PYTHON], sandbox_root=tmp_path, uid_locks=UID_LOCKS)
    pool = RunnerPool(SandboxProfile.PYTHON, starter, board, probe, Spares(least=1, most=4, room=lambda: 60))
    for _ in range(1000):
        rush.note()
    pool.fill()
    await until(lambda: starter.alive() == 4)
    waiting = []
    for token, _ in starter.started:
        place = pool.find(token)
        assert place is not None
        waiting.append(asyncio.create_task(board.take(place.name, place.profile, seconds=30)))
    await until(lambda: all(board.is_idle(place.name) for place in pool._places))
    pool.review()
    assert starter.alive() == 4, "the rush is not over"
    clock[0] = 3600
    pool.review()
    await until(lambda: starter.alive() == 1)
    board.close()
    assert {await task for task in waiting} == {None}
    await pool.close()


async def test_a_kind_that_cannot_start_does_not_hold_up_the_others(tmp_path: Path) -> None:
    @dataclass
    class OnlyPython(IdleRunners):
        """Runners for Node do not start."""

        async def start(self, token: str, profile: SandboxProfile) -> IdleRunner:
            if profile is SandboxProfile.NODE:
                raise RunnerStartError("no Node here")
            return await super().start(token, profile)

    starter = OnlyPython()
    board = JobBoard(max_running=3, max_queued=5, finished=FinishedJobs(60, 1 << 20))
    probes = {
        name: SandboxProbe(profile, sandbox_root=tmp_path, uid_locks=UID_LOCKS) for name, profile in PROFILES.items()
    }
    pools = RunnerPools(starter, board, probes, spare=1, most_spare=1)
    filling = asyncio.create_task(pools.run())
    script = opened(board, a_job(tool="code.node", arguments={"code": "1"}))
    program = opened(board, a_job())
    with pytest.raises(DependencyUnavailable, match="no Node here"):
        await asyncio.wait_for(script.answer, 20)
    place = pools.find(starter.started[0][0])
    assert place is not None
    assert await board.take(place.name, place.profile, seconds=5) is program
    filling.cancel()
    board.close()
    await pools.close()
