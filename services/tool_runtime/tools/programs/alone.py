"""Beside a program of ours others may run that nobody trusts: it keeps its memory from them, and ends them in the end.

What a program says of a folder or writes as its result is true only if nobody is left who could change it afterwards.
"""

import errno
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from tool_runtime.sandbox.inside.init import become_unreadable

_FIRST_PROCESS = b"from tool_runtime.sandbox.inside."
"""Stands in the command of every first process of a sandbox."""
_SECONDS = 10.0
"""For the kernel to have done with what was killed; a browser has much to give back."""
_PAUSE = 0.005
_ENDED = (b"Z", b"X")


def closed_to_others() -> None:
    """From here on no other process of the job reads or writes the memory and the open files of this one.

    All of them have the same uid. A program that this one starts is open to them again.
    """
    if _first_process() is not None:
        become_unreadable()


def end_all_others() -> None:
    """Ends every process of the job but this one and its first, also those that have left their group and session.

    Does nothing outside of a sandbox. Raises `OSError` where some are still there in the end.
    """
    first = _first_process()
    if first is None:
        return
    until = time.monotonic() + _SECONDS
    while _killed_some(first):
        if time.monotonic() > until:
            raise OSError(errno.EBUSY, "what was started in the job could not be ended, and may yet change it")
        time.sleep(_PAUSE)


def _first_process() -> int | None:
    """The parent of this program where that is the first process of a sandbox; None elsewhere."""
    first = os.getppid()
    try:
        command = Path(f"/proc/{first}/cmdline").read_bytes()
    except OSError:
        return None
    return first if _FIRST_PROCESS in command else None


def _killed_some(first: int) -> bool:
    """Whether any was alive, which is killed then, or was so before and has not ended."""
    if first == 1:
        # All at once: none can fork between two looks. It reaches neither this one nor the first of the namespace.
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            return False
    # A task has no namespace of its own, and there the signal would reach the first process too, which has this uid.
    killed = [pid for pid in _others(first) if _is_alive(pid) and _kill(pid)]
    return bool(killed)


def _others(first: int) -> Iterator[int]:
    for name in os.listdir("/proc"):  # noqa: PTH208 - the names alone
        if name.isdigit() and int(name) not in (first, os.getpid()):
            yield int(name)


def _is_alive(pid: int) -> bool:
    """Whether any of its threads is; the first one may have ended before the others."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")  # noqa: PTH208
    except OSError:
        return False
    return any(_state(f"/proc/{pid}/task/{thread}/stat") not in _ENDED for thread in threads)


def _state(path: str) -> bytes:
    try:
        # Behind the name of the program, which may hold anything.
        return Path(path).read_bytes().rpartition(b") ")[2][:1]
    except OSError:
        return _ENDED[0]


def _kill(pid: int) -> bool:
    """Whether it is one of this job's: in a task others have a uid of their own."""
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return False
    return True
