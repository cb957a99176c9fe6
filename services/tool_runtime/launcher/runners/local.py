"""Runners as processes of this machine, forked from one process that has everything imported.

All of them hold the reading end of one pipe, whose writing end only the launcher has: when it ends, they end.
"""

import asyncio
import contextlib
import json
import os
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from dataclasses import dataclass, field
from pathlib import Path

from foundation.domain.tools import SandboxProfile
from foundation.telemetry.background import TaskSet
from tool_runtime.launcher.runners.base import RunnerStartError

USUAL_START_SECONDS = 0.3
MOST_RUNNERS = 63
"""One fewer than there are uids for jobs on a machine, as finding out whether a sandbox can be built takes one."""
SERVICES = Path(__file__).resolve().parents[3]


@dataclass(eq=False, slots=True)
class LocalRunner:
    """One forked runner, known by the name that the zygote was given for it."""

    name: int
    zygote: "_Zygote"
    ended: asyncio.Future[int | None]
    trouble: str = ""

    async def wait(self) -> int | None:
        return await asyncio.shield(self.ended)

    async def kill(self) -> None:
        """The sandbox dies with its runner: its control channel ends, and bwrap is told by the kernel."""
        if not self.ended.done():
            self.zygote.send({"kill": self.name})
        await self.wait()


@dataclass(eq=False)
class _Zygote:
    process: Process
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    life_fd: int
    runners: dict[int, LocalRunner] = field(default_factory=dict)
    gone: bool = False

    def send(self, order: dict[str, object]) -> None:
        self.writer.write(json.dumps(order).encode() + b"\n")

    async def listen(self) -> None:
        """Reads the zygote's reports until it ends; then its runners are told to end, and count as gone."""
        try:
            while line := await self.reader.readline():
                report = json.loads(line)
                self.runners.pop(report["id"]).ended.set_result(report["code"])
        except ConnectionError:
            pass
        finally:
            self.gone = True
            os.close(self.life_fd)
            self.writer.close()
            for runner in self.runners.values():
                runner.ended.set_result(None)
            await self.process.wait()


@dataclass
class LocalRunners:
    """Starts runners with settings of their own and none of the launcher's environment but PATH."""

    launcher_url: str
    sandbox_root: Path
    uid_locks: Path
    host_memory_floor: float
    egress_private: tuple[str, ...]
    egress_authorities: Path | None
    search_path: str
    egress: str = "own"
    log_level: str = "INFO"
    usual_start_seconds: float = USUAL_START_SECONDS
    most_runners: int = MOST_RUNNERS
    _zygote: _Zygote | None = None
    _listening: TaskSet = field(default_factory=TaskSet)
    _starting: asyncio.Lock = field(default_factory=asyncio.Lock)
    _names: int = 0

    async def start(self, token: str, profile: SandboxProfile) -> LocalRunner:
        async with self._starting:
            zygote = await self._ready()
        self._names += 1
        runner = LocalRunner(self._names, zygote, asyncio.get_running_loop().create_future())
        zygote.runners[runner.name] = runner
        settings = {
            "launcher_url": self.launcher_url,
            "token": token,
            "profile": profile,
            "sandbox_root": str(self.sandbox_root),
            "uid_locks": str(self.uid_locks),
            "host_memory_floor": self.host_memory_floor,
            "egress": self.egress,
            "egress_private": self.egress_private,
            "egress_authorities": self.egress_authorities and str(self.egress_authorities),
            "log_level": self.log_level,
        }
        zygote.send({"start": runner.name, "settings": settings})
        return runner

    async def close(self) -> None:
        if self._zygote is not None:
            self._zygote.writer.close()
            with contextlib.suppress(ProcessLookupError):
                self._zygote.process.kill()
            await self._listening.wait()

    async def _ready(self) -> _Zygote:
        """The zygote, a new one if it is gone."""
        if self._zygote is None or self._zygote.gone:
            self._zygote = await self._new_zygote()
            self._listening.start(self._zygote.listen(), name="zygote")
        return self._zygote

    async def _new_zygote(self) -> _Zygote:
        ours, theirs = socket.socketpair()
        life_read, life_write = os.pipe()
        try:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tool_runtime.runner.zygote", str(theirs.fileno()), str(life_read)),
                stdin=DEVNULL,
                pass_fds=(theirs.fileno(), life_read),
                env={"PATH": self.search_path, "PYTHONPATH": str(SERVICES)},
                cwd="/",
            )
        except OSError as error:
            ours.close()
            os.close(life_write)
            raise RunnerStartError(f"no process could be started: {error.strerror}") from error
        finally:
            theirs.close()
            os.close(life_read)
        reader, writer = await asyncio.open_connection(sock=ours)
        return _Zygote(process, reader, writer, life_write)
