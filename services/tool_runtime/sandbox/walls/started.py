"""A sandbox that waits for its job, and how its first process says that it is ready."""

import asyncio
import contextlib
import os
import socket
from asyncio.subprocess import Process
from dataclasses import dataclass
from typing import Protocol, TypedDict

from tool_runtime.sandbox import frames
from tool_runtime.sandbox.profiles import Profile

READY_SECONDS = 10.0
READ_AHEAD = 4 * frames.FRAME_CAP
BROKEN = (TimeoutError, EOFError, ValueError, ConnectionError, ProcessLookupError)
"""What goes wrong when a first process does not get as far as being ready."""


class Drop(TypedDict, total=False):
    """Whom a process is started as."""

    user: int
    group: int
    extra_groups: list[int]


def dropping_to(uid: int) -> Drop:
    """A user of that number alone, in no group but its own."""
    return {"user": uid, "group": uid, "extra_groups": []}


class Enclosure(Protocol):
    """The walls around one job, seen from outside."""

    @property
    def root(self) -> str:
        """Where the job's root is found from here."""
        ...

    @property
    def only_uid(self) -> int | None:
        """Whose processes are the job's, where its /proc lists others as well."""
        ...

    async def end(self) -> None:
        """Kill every process of the job; returns when none is left."""
        ...


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
    enclosure: Enclosure


def in_memory(program: bytes) -> int:
    """A descriptor, to be inherited and closed, from which the program of a filter is read."""
    fd = os.memfd_create("filter")
    os.write(fd, program)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


async def ready(control: socket.socket) -> socket.socket:
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


async def last_words(process: Process) -> str:
    """What a process complained of, after it is gone for certain."""
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    _, complaint = await process.communicate()
    return complaint.decode("utf-8", "replace").strip()[-500:] or f"exit code {process.returncode}"
