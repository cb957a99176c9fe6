"""Builds the walls and waits until the first process inside says that it is ready.

Called from the thread that outlives the job: bwrap dies with the thread that launched it.
"""

import asyncio
import contextlib
import json
import os
import shutil
import socket
from asyncio.subprocess import DEVNULL, PIPE, Process
from dataclasses import dataclass
from typing import TypedDict

from foundation.domain.errors import SandboxUnavailable
from tool_runtime.sandbox import frames
from tool_runtime.sandbox.assets import SandboxAssets
from tool_runtime.sandbox.bwrap import Walls, command
from tool_runtime.sandbox.filter import bpf
from tool_runtime.sandbox.profiles import Profile
from tool_runtime.sandbox.watch.memory import counts_shared_memory

READY_SECONDS = 10.0
READ_AHEAD = 4 * frames.FRAME_CAP


@dataclass(frozen=True, slots=True)
class Started:
    """A sandbox that waits for its job."""

    profile: Profile
    process: Process
    init_pid: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    proxy_socket: socket.socket
    """Listens on the loopback of the job's network; who takes its connections is the job's proxy."""


class _Drop(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


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
    for folder in (assets.runtime, *(assets.root / mount.source for mount in profile.mounts)):
        if not folder.is_dir():
            raise SandboxUnavailable(
                f"What a sandbox for `{profile.name}` is made of is not installed in {folder}.",
                remedy="Run `make deploy-local`.",
            )
    ours, theirs = socket.socketpair()
    ours.setblocking(False)  # noqa: FBT003
    filter_fd = _filter()
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
            proxy_socket = await _ready(ours)
    except (TimeoutError, EOFError, ValueError, ConnectionError) as error:
        ours.close()
        raise SandboxUnavailable(f"The sandbox could not be built: {await _last_words(process)}") from error
    reader, writer = await asyncio.open_connection(sock=ours, limit=READ_AHEAD)
    return Started(profile, process, init_pid, reader, writer, proxy_socket)


def _filter() -> int:
    fd = os.memfd_create("filter")
    os.write(fd, bpf.program_bytes(shared_memory=counts_shared_memory()))
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


async def _spawn(walls: Walls, uid: int | None) -> Process:
    drop: _Drop = {} if uid is None else {"user": uid, "group": uid, "extra_groups": []}
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


async def _ready(control: socket.socket) -> socket.socket:
    """The socket that comes with the first frame. No code of a job has run inside by then."""
    loop, readable = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(control, readable.set)
    try:
        await readable.wait()
    finally:
        loop.remove_reader(control)
    expected = frames.encode(frames.READY)
    told, fds, _, _ = socket.recv_fds(control, len(expected), 1, socket.MSG_CMSG_CLOEXEC)
    found = []
    for fd in fds:
        try:
            found.append(socket.socket(fileno=fd))
        except OSError:
            os.close(fd)  # no socket
    if told == expected and len(found) == 1 and _listens_for_the_job(found[0]):
        found[0].setblocking(False)  # noqa: FBT003
        return found[0]
    for sock in found:
        sock.close()
    raise frames.FrameError("the first frame is not READY with a socket for the proxy")


def _listens_for_the_job(sock: socket.socket) -> bool:
    listens = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    return bool(listens) and sock.family is socket.AF_INET and sock.getsockname() == frames.PROXY_ADDRESS


async def _last_words(process: Process) -> str:
    """What bwrap complained of, after it is gone for certain."""
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    _, complaint = await process.communicate()
    return complaint.decode("utf-8", "replace").strip()[-500:] or f"exit code {process.returncode}"
