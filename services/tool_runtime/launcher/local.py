"""Runners as processes of this machine."""

import asyncio
import contextlib
import sys
from asyncio.subprocess import PIPE, Process
from dataclasses import dataclass
from pathlib import Path

from tool_runtime.launcher.base import RunnerStartError

SERVICES = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class LocalRunner:
    """A process that holds our pipe as its standard input: it ends when we do."""

    process: Process

    async def wait(self) -> int | None:
        return await self.process.wait()

    async def kill(self) -> None:
        """The sandbox dies with its parent: its control channel ends, and bwrap is told by the kernel."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()


@dataclass(frozen=True, slots=True)
class LocalRunners:
    """Starts `python -m tool_runtime.runner` with an environment of its own."""

    launcher_url: str
    sandbox_root: Path
    uid_locks: Path
    host_memory_floor: float
    search_path: str
    log_level: str = "INFO"

    async def start(self, token: str) -> LocalRunner:
        environment = {
            "PATH": self.search_path,
            "PYTHONPATH": str(SERVICES),
            "LOCKSTEP_RUNNER_LAUNCHER_URL": self.launcher_url,
            "LOCKSTEP_RUNNER_TOKEN": token,
            "LOCKSTEP_RUNNER_SANDBOX_ROOT": str(self.sandbox_root),
            "LOCKSTEP_RUNNER_UID_LOCKS": str(self.uid_locks),
            "LOCKSTEP_RUNNER_HOST_MEMORY_FLOOR": str(self.host_memory_floor),
            "LOCKSTEP_RUNNER_ENDS_WITH_STDIN": "true",
            "LOCKSTEP_RUNNER_LOG_LEVEL": self.log_level,
        }
        arguments = (sys.executable, "-m", "tool_runtime.runner")
        try:
            process = await asyncio.create_subprocess_exec(*arguments, stdin=PIPE, env=environment, cwd="/")
        except OSError as error:
            raise RunnerStartError(f"no process could be started: {error.strerror}") from error
        return LocalRunner(process)
