"""What the kernel holds on a job's behalf: buffers of sockets, pipes and terminals, locks, watches.

None of it is resident memory of a process, each kind can hold gigabytes. Kinds that can be filled without a word are
charged at the most that they can hold; a few of each are free, as every program has some.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from tool_runtime.sandbox.profiles import PROFILES
from tool_runtime.sandbox.watch.procfs import Procfs

MAX_SOCKETS = 512
MAX_DESCRIPTORS = 16_384
MAX_LOCKS = 8192

# The default buffer, which the filter keeps jobs from raising, and the room for options and filters.
FREE_SOCKETS, SOCKET_BYTES = 32, 212_992 + 131_072
FREE_PIPES, PIPE_BYTES = 128, 65_536
TERMINAL_BYTES = 160 * 1024
LOCK_BYTES = 256
WATCH_BYTES = 320  # one descriptor in the set of another (epoll)
TCP_FACTOR = 1024  # an unread byte in a segment of its own holds about this much

_USED = re.compile(rb"^sockets: used (\d+)$", re.MULTILINE)
_IN_USE = re.compile(rb"^(?:TCP|TCP6|UDP|UDP6): inuse (\d+)", re.MULTILINE)
_QUEUES = re.compile(rb"^ *\d+: \S+ \S+ \S+ ([0-9A-F]{8}):([0-9A-F]{8}) ", re.MULTILINE)
_LOCK = re.compile(rb"^\d+:", re.MULTILINE)
_FOLDERS_TELL_THEIR_SIZE = os.stat("/proc/self/fd").st_size > 0  # noqa: PTH116
_TCP_BUFFERS = tuple(Path("/proc/sys/net/ipv4", name) for name in ("tcp_wmem", "tcp_rmem"))


@dataclass(frozen=True, slots=True)
class KernelSide:
    """Counts, and the bytes that they may pin; what TCP has queued comes on top."""

    sockets: int
    tcp_sockets: int
    """And those of UDP."""
    descriptors: int
    bytes: int


def count_locks(proc: Procfs) -> int:
    """Locks on parts of files.

    The kernel stops all of them to list them, and whoever asks waits for some milliseconds: to be asked once a second,
    and not of a job that is over by then.
    """
    return len(_LOCK.findall(proc.read("locks", cap=64 * MAX_LOCKS)))


def kernel_side(proc: Procfs, views: list[str], *, terminals: int, locks: int) -> KernelSide:
    """Everything that the processes seen through `views` have open; `terminals` is a descriptor of /dev/pts."""
    sockets, tcp_sockets = _sockets(proc)
    opened = {view: _opened(proc, view) for view in views}
    descriptors = sum(opened.values())
    pipes = _pipes(proc, opened) if descriptors > FREE_PIPES else 0
    charged = (
        max(sockets - FREE_SOCKETS, 0) * SOCKET_BYTES,
        max(pipes - FREE_PIPES, 0) * PIPE_BYTES,
        sum(count * count // 4 for count in opened.values()) * WATCH_BYTES,
        locks * LOCK_BYTES,
        (len(os.listdir(terminals)) - 1) * TERMINAL_BYTES,
    )
    return KernelSide(sockets, tcp_sockets, descriptors, sum(charged))


def _sockets(proc: Procfs) -> tuple[int, int]:
    """How many there are, those without a descriptor included (not accepted, or closed and not empty), and of TCP."""
    four, six = proc.read("1/net/sockstat"), proc.read("1/net/sockstat6")
    used = _USED.search(four)
    in_use = sum(int(count) for count in _IN_USE.findall(four) + _IN_USE.findall(six))
    return max(int(used[1]) if used else 0, in_use), in_use


def most_queued(tcp_sockets: int) -> int:
    """The bytes that so many TCP sockets can hold at most."""
    return tcp_sockets * sum(_tcp_buffers()) if tcp_sockets else 0


def queued(proc: Procfs) -> int:
    """The bytes that TCP sockets hold: what one may buffer grows by itself, to megabytes, so that they count for real.

    The kernel looks through the table of all connections of the machine, 10 ms where that is large.
    """
    send, receive = _tcp_buffers()
    return sum(
        min(send, int(sent, 16) * TCP_FACTOR) + min(receive, int(received, 16) * TCP_FACTOR)
        for sent, received in _QUEUES.findall(proc.read("1/net/tcp") + proc.read("1/net/tcp6"))
    )


def _tcp_buffers() -> tuple[int, int]:
    """The most bytes that one socket has to send, and has received."""
    send, receive = (int(path.read_text().split()[2]) for path in _TCP_BUFFERS)
    return send, receive


def _opened(proc: Procfs, view: str) -> int:
    """The number of open descriptors: the size of the folder since Linux 6.2, before that its entries."""
    if _FOLDERS_TELL_THEIR_SIZE:
        found = proc.stat(f"{view}/fd")
        return found.st_size if found else 0
    try:
        return len(proc.names(f"{view}/fd"))
    except PermissionError:
        return max(profile.open_files for profile in PROFILES.values())


def _pipes(proc: Procfs, opened: dict[str, int]) -> int:
    pipes, hidden = set[str](), 0
    for view, count in opened.items():
        try:
            links = [proc.link(f"{view}/fd/{name}") for name in proc.names(f"{view}/fd")]
        except PermissionError:
            hidden += count  # a process that made itself unreadable, before a runner without privileges
        else:
            pipes.update(link for link in links if link.startswith("pipe:"))
    return len(pipes) + hidden
