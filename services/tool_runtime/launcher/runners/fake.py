"""Runners that run nothing: they take their lease and hand in the answer that was prepared."""

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from foundation.contracts.tool_job import ToolJob, ToolResult
from foundation.domain.tools import SandboxProfile
from tool_runtime.launcher.runners.base import RunnerStartError
from tool_runtime.protocol import EXIT_FAILED, EXIT_NO_SANDBOX
from tool_runtime.runner.lease_client import LeaseClient, LeaseLostError


@dataclass(frozen=True, slots=True)
class FakeRunner:
    """A task in place of a process; its exit code is a real runner's, and minus 9 when it was killed."""

    task: asyncio.Task[int]
    trouble: str = ""

    async def wait(self) -> int | None:
        await asyncio.wait({self.task})
        return -signal.SIGKILL if self.task.cancelled() else self.task.result()

    async def kill(self) -> None:
        self.task.cancel()
        await asyncio.wait({self.task})


@dataclass
class FakeRunners:
    """`answer` makes the result of a job. No code is ever executed.

    `refuses` makes every start fail; with `no_sandbox` runners end before they ask for a lease.
    """

    launcher_url: str
    answer: Callable[[ToolJob], ToolResult]
    refuses: bool = False
    no_sandbox: bool = False
    started: list[FakeRunner] = field(default_factory=list)
    usual_start_seconds: float = 0.1
    most_runners: int = 63

    async def start(self, token: str, profile: SandboxProfile) -> FakeRunner:  # noqa: ARG002 - any job is answered
        if self.refuses:
            raise RunnerStartError("this fake refuses")
        runner = FakeRunner(asyncio.create_task(self._serve(token)))
        self.started.append(runner)
        return runner

    async def close(self) -> None:
        """There is nothing to let go of."""

    async def _serve(self, token: str) -> int:
        if self.no_sandbox:
            return EXIT_NO_SANDBOX
        async with httpx.AsyncClient(trust_env=False) as client:
            leases = LeaseClient(client, launcher_url=self.launcher_url, token=token)
            try:
                lease = await leases.take()
                await leases.give(lease, self.answer(lease.job))
            except LeaseLostError:
                return 0
            except Exception:  # noqa: BLE001 - the edge of what would be a process: its exit code tells
                return EXIT_FAILED
        return 0
