"""Builds the walls and waits until the first process inside says that it is ready.

Called from the thread that outlives the job: bwrap dies with the thread that launched it.
"""

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
from asyncio.subprocess import DEVNULL, PIPE, Process

from foundation.domain.errors import SandboxUnavailable
from tool_runtime.sandbox.assets import SandboxAssets
from tool_runtime.sandbox.filter import bpf
from tool_runtime.sandbox.profiles import Profile
from tool_runtime.sandbox.walls.bwrap_command import Walls, command
from tool_runtime.sandbox.walls.started import (
    BROKEN,
    READ_AHEAD,
    READY_SECONDS,
    Drop,
    Started,
    dropping_to,
    in_memory,
    last_words,
    ready,
)
from tool_runtime.sandbox.watch.memory import counts_shared_memory

KILL_SECONDS = 2.0


class Namespaces:
    """Walls of bubblewrap's: with the first process of the innermost namespace the kernel ends all others."""

    only_uid = None

    def __init__(self, process: Process, init_pid: int) -> None:
        self.root = f"/proc/{init_pid}/root"
        self._process = process
        self._pidfd = os.pidfd_open(init_pid)

    async def end(self) -> None:
        """Kill the first process, and with it the whole namespace; return when nothing is left of it."""
        if self._pidfd >= 0:
            with contextlib.suppress(ProcessLookupError, OSError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        try:
            async with asyncio.timeout(KILL_SECONDS):
                await self._process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()
        if self._pidfd >= 0:
            os.close(self._pidfd)
            self._pidfd = -1


def find_bwrap() -> str:
    """The program on PATH; without it nothing runs."""
    path = shutil.which("bwrap")
    if path is None:
        raise SandboxUnavailable(
            "bubblewrap (bwrap) is not on PATH; without it no tool is run.", remedy="Install the package `bubblewrap`."
        )
    return path


async def start(assets: SandboxAssets, profile: Profile, *, uid: int | None) -> Started:
    """Raises `SandboxUnavailable` with the reason when any wall cannot be built."""
    bwrap = find_bwrap()
    needed = (assets.root / mount.source for mount in profile.mounts if not mount.is_optional)
    for folder in (assets.runtime, *needed):
        if not folder.is_dir():
            raise SandboxUnavailable(
                f"What a sandbox for `{profile.name}` is made of is not installed in {folder}.",
                remedy="Run `make deploy-local`.",
            )
    ours, theirs = socket.socketpair()
    ours.setblocking(False)  # noqa: FBT003
    filter_fd = in_memory(bpf.program_bytes(shared_memory=counts_shared_memory()))
    info_read, info_write = os.pipe()
    walls = Walls(
        bwrap=bwrap,
        profile=profile,
        root=assets.root,
        runtime=assets.runtime,
        fonts=tuple(sorted(assets.fonts.glob("*"))) if profile.has_fonts else (),
        control_fd=theirs.fileno(),
        filter_fd=filter_fd,
        info_fd=info_write,
    )
    try:
        process = await _spawn(walls, uid)
    except OSError as error:
        ours.close()
        os.close(info_read)
        raise SandboxUnavailable(f"bubblewrap could not be started: {error}") from error
    finally:
        theirs.close()
        os.close(filter_fd)
        os.close(info_write)
    try:
        async with asyncio.timeout(READY_SECONDS):
            init_pid = await _init_pid(info_read)
            proxy_socket = await ready(ours)
            enclosure = Namespaces(process, init_pid)
    except BROKEN as error:
        ours.close()
        raise SandboxUnavailable(f"The sandbox could not be built: {await last_words(process)}") from error
    reader, writer = await asyncio.open_connection(sock=ours, limit=READ_AHEAD)
    return Started(profile, process, init_pid, reader, writer, proxy_socket, enclosure)


async def _spawn(walls: Walls, uid: int | None) -> Process:
    drop: Drop = {} if uid is None else dropping_to(uid)
    return await asyncio.create_subprocess_exec(
        *command(walls),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        pass_fds=(walls.control_fd, walls.filter_fd, walls.info_fd),
        env={},
        cwd="/",
        **drop,
    )


async def _init_pid(fd: int) -> int:
    """The host's number of the first process, as bwrap tells it."""
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(fd, "rb")
    )
    try:
        told = json.loads(await reader.readuntil(b"}"))
    finally:
        transport.close()
    return int(told["child-pid"])
