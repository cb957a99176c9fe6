"""One supervised process: it is started, restarted when it ends by itself, and stopped with its children."""

import asyncio
import contextlib
import logging
import os
import signal
import time
from enum import StrEnum

import psutil

from supervisor.errors import StartFailed
from supervisor.processes import pid_files, ports
from supervisor.processes.fingerprint import fingerprint
from supervisor.processes.process import Process
from supervisor.settings import ROOT, Paths

LOG = logging.getLogger(__name__)
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 30.0
_STEADY_SECONDS = 60.0
_POLL_SECONDS = 0.1


class State(StrEnum):
    """How far a process is; `restarting` also while the supervisor pauses before it starts the process again."""

    STOPPED = "stopped"
    STARTING = "starting"
    READY = "ready"
    RESTARTING = "restarting"


class Child:
    """One process with its state, its log, and the program (fingerprint) that it was started from."""

    def __init__(self, process: Process, paths: Paths) -> None:
        self.process = process
        self.state = State.STOPPED
        self.restarts = 0
        self.pid: int | None = None
        self.started_from = ""
        self.deployed_from = ""
        self.log = paths.logs / f"{process.name}.log"
        # Variables in place of the process's own, for as long as it is not stopped.
        self.environment: dict[str, str] = {}
        self._paths = paths
        self._log_offset = 0
        self._running: asyncio.subprocess.Process | None = None
        self._watcher: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Return when the process is ready; otherwise raise, with nothing of it left running."""
        try:
            await self._start_once(State.STARTING)
        except BaseException:
            await self._end_tree()
            self.state = State.STOPPED
            raise
        self._watcher = asyncio.create_task(self._watch(), name=f"watch {self.process.name}")

    async def _start_once(self, state: State) -> None:
        self.state = state
        if self.process.prepare:
            await self.process.prepare()
        self.started_from = fingerprint(self.process.sources)
        self._log_offset = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as output:
            self._running = await asyncio.create_subprocess_exec(
                *self.process.argv,
                cwd=ROOT,
                env={**self.process.environment, **self.environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.pid = self._running.pid
        pid_files.write(self._paths, self.process.name, self.pid)
        await self._wait_until_healthy()
        await self.deploy()
        self.state = State.READY

    async def deploy(self) -> None:
        self.deployed_from = fingerprint(self.process.deployed_from)
        if self.process.deploy:
            await self.process.deploy()

    async def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + self.process.start_seconds
        while not await self.process.healthy():
            if self._running is None or self._running.returncode is not None:
                raise self._failed(f"ended while starting, with exit status {self._exit_status()}")
            if time.monotonic() > deadline:
                said = "" if self.process.answer is None else f"; {await self.process.answer()}"
                raise self._failed(f"not ready in {self.process.start_seconds:.0f} s{said}")
            await asyncio.sleep(_POLL_SECONDS)
        if elsewhere := await ports.answering_elsewhere(self.process.port):
            raise self._failed(f"port {self.process.port} answers on {', '.join(elsewhere)}, not on loopback alone")

    def _exit_status(self) -> int | None:
        return self._running.returncode if self._running else None

    def _failed(self, why: str) -> StartFailed:
        with self.log.open("rb") as file:
            file.seek(self._log_offset)
            output = file.read().decode(errors="replace")
        return StartFailed(self.process.name, why, self.log, output=output)

    async def _watch(self) -> None:
        pause = _FIRST_PAUSE
        while self._running is not None:
            started = time.monotonic()
            code = await self._running.wait()
            if time.monotonic() - started > _STEADY_SECONDS:
                pause = _FIRST_PAUSE
            LOG.warning("%s ended with %s; starts again in %.1f s", self.process.name, code, pause)
            self.state = State.RESTARTING
            self.restarts += 1
            await self._end_tree()
            while True:
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
                try:
                    await self._start_once(State.RESTARTING)
                    LOG.warning("%s is back", self.process.name)
                    break
                except Exception:
                    # Any error leads to another try, because nothing else would ever start this process again.
                    LOG.exception("%s did not come back; next try in %.1f s", self.process.name, pause)
                    await self._end_tree()

    async def stop(self) -> bool:
        """Ask the process to end, and kill what is left of it after its grace; false says that it had to be killed."""
        ended = True
        if self._watcher:
            self._watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watcher
            self._watcher = None
        running = self._running
        if running and running.returncode is None:
            if self.process.save and self.state is State.READY:
                await self.process.save()
            family = _family(running.pid)
            with contextlib.suppress(ProcessLookupError):
                running.send_signal(self.process.stop_signal)
            try:
                await asyncio.wait_for(running.wait(), self.process.grace_seconds)
            except TimeoutError:
                ended = False
                LOG.warning("%s does not end within %g s, and is killed", self.process.name, self.process.grace_seconds)
            _kill(family)
        await self._end_tree()
        self.environment = {}
        self.state = State.STOPPED
        return ended

    async def _end_tree(self) -> None:
        """Kill the process, its children and its session, as far as they still run."""
        running, self._running = self._running, None
        if running is None:
            return
        _kill(_family(running.pid))
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(running.pid, signal.SIGKILL)
        await running.wait()
        self.pid = None
        pid_files.remove(self._paths, self.process.name)


def _family(pid: int) -> list[psutil.Process]:
    try:
        leader = psutil.Process(pid)
        return [leader, *leader.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _kill(family: list[psutil.Process]) -> None:
    for member in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()
