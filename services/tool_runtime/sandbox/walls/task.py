"""Starts the first process of a job inside a Fargate task, whose walls stand: the task is the job's own machine.

One task runs one job and ends. What bubblewrap builds elsewhere is here the platform's (a machine of its own, a root
that nothing writes to, sized mounts) or done by other means: the job is another user than its runner, and a lock on
connections stands for the network namespace. Chosen by a setting alone, and refused anywhere else.
"""

import asyncio
import os
import shutil
import socket
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from pathlib import Path

from foundation.domain.errors import SandboxUnavailable
from tool_runtime.sandbox.filter import bpf, connect_lock
from tool_runtime.sandbox.profiles import FONTS, Profile, our_python
from tool_runtime.sandbox.walls.started import (
    BROKEN,
    READ_AHEAD,
    READY_SECONDS,
    Started,
    dropping_to,
    in_memory,
    last_words,
    ready,
)
from tool_runtime.sandbox.walls.task_checks import processes, refuse_other_places

JOB_UID = 64001
FONTS_OF_IMAGE = Path("/opt/fonts-list")
"""Files of matplotlib's own, made with the image; they lie where a job may write, as elsewhere."""
_FIRST = "from tool_runtime.sandbox.inside.task import main"
_KILL = "import os,signal; os.kill(-1, signal.SIGKILL)"
_KILLS_AT_MOST = 100
_PAUSE_SECONDS = 0.02


class TaskWalls:
    """The processes of the job's uid, in a task that has no other job."""

    root = "/"
    only_uid = JOB_UID

    def __init__(self, process: Process) -> None:
        self._process = process

    async def end(self) -> None:
        """Kill until none is left: what forks while one kill looks is met by the next."""
        for _ in range(_KILLS_AT_MOST):
            if not _living():
                await self._process.wait()
                return
            # As the job's user: then the signal reaches all of its processes at once, and none of ours.
            killer = await asyncio.create_subprocess_exec(
                *our_python(_KILL),
                stdin=DEVNULL,
                stdout=DEVNULL,
                stderr=DEVNULL,
                env={},
                cwd="/",
                **dropping_to(JOB_UID),
            )
            await killer.wait()
            await asyncio.sleep(_PAUSE_SECONDS)
        raise SandboxUnavailable("Processes of the job cannot be ended; the task must end with them.")


def _living() -> list[int]:
    """Those of the job's uid that are not waiting to be taken in by the task's first process."""
    return [pid for pid, owners in processes() if JOB_UID in owners and not _has_ended(pid)]


def _has_ended(pid: int) -> bool:
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


async def start(profile: Profile, environment: Mapping[str, str]) -> Started:
    """Raises `SandboxUnavailable` with the reason when this is no place for a job, by its environment too."""
    refuse_other_places(profile, JOB_UID, environment)
    if profile.has_fonts:
        await asyncio.to_thread(_lay_out_fonts)
    ours, theirs = socket.socketpair()
    ours.setblocking(False)  # noqa: FBT003
    # Without the privilege to look behind mappings, shared memory without a name cannot be counted.
    programs = [in_memory(connect_lock.program_bytes()), in_memory(bpf.program_bytes(shared_memory=False))]
    descriptors = (theirs.fileno(), *programs)
    try:
        process = await asyncio.create_subprocess_exec(
            *our_python(f"{_FIRST}; main({', '.join(map(str, descriptors))})"),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
            pass_fds=descriptors,
            env={},
            cwd="/work",
            start_new_session=True,
            **dropping_to(JOB_UID),
        )
    except OSError as error:
        ours.close()
        raise SandboxUnavailable(f"The first process could not be started: {error}") from error
    finally:
        theirs.close()
        for fd in programs:
            os.close(fd)
    try:
        async with asyncio.timeout(READY_SECONDS):
            proxy_socket = await ready(ours)
    except BROKEN as error:
        ours.close()
        raise SandboxUnavailable(f"The sandbox could not be built: {await last_words(process)}") from error
    reader, writer = await asyncio.open_connection(sock=ours, limit=READ_AHEAD)
    return Started(profile, process, process.pid, reader, writer, proxy_socket, TaskWalls(process))


def _lay_out_fonts() -> None:
    if FONTS_OF_IMAGE.is_dir():
        shutil.copytree(FONTS_OF_IMAGE, FONTS, dirs_exist_ok=True)
