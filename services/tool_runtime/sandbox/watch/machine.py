"""Which of a machine's jobs is ended when the machine itself is almost out of memory: the largest, and one at a time.

The runners of a machine are processes that know nothing of each other; each writes the size of its job to a file that
it keeps locked. A file that can be locked by another belongs to a runner that is gone.
"""

# One folder, many small files.
# ruff: noqa: PTH123

import fcntl
import os
import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

SETTLING_SECONDS = 2.0  # what a killed job held is not free at once; until then nobody else pays

_MEMINFO = re.compile(rb"^(MemTotal|MemAvailable):\s+(\d+) kB$", re.MULTILINE)
_LAST = "last-ended"


def host_available() -> float:
    """The part of this machine's memory that is still to be had."""
    with open("/proc/meminfo", "rb") as file:
        found = dict(_MEMINFO.findall(file.read()))
    return int(found[b"MemAvailable"]) / int(found[b"MemTotal"])


class HostFloor:
    """A runner's place among those of its machine; to be closed. `part` of the memory stays free of jobs."""

    def __init__(self, folder: Path, *, part: float, available: Callable[[], float] = host_available) -> None:
        self._part = part
        self._available = available
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._path = folder / f"{os.getpid()}-{id(self)}.bytes"
        # Locked before it has its name: a file that has its name and no lock belongs to a runner that is gone.
        draft = self._path.with_suffix(".new")
        self._fd = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._fd, fcntl.LOCK_EX)
        draft.rename(self._path)
        self._others()  # forgets those that were killed

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        self._path.unlink(missing_ok=True)
        os.close(self._fd)

    def takes(self, size: int) -> bool:
        """Whether this job, of `size` bytes now, must end: memory is short, none is larger, none has just ended."""
        os.pwrite(self._fd, b"%020d" % size, 0)
        if self._available() >= self._part or any(other > size for other in self._others()):
            return False
        with open(self._folder / _LAST, "a+b") as last:
            fcntl.flock(last, fcntl.LOCK_EX)
            if last.tell() and time.time() - os.fstat(last.fileno()).st_mtime < SETTLING_SECONDS:
                return False
            last.truncate(0)
            last.write(b"1")
        return True

    def _others(self) -> list[int]:
        return [
            size for path in self._folder.glob("*.bytes") if path != self._path and (size := _told(path)) is not None
        ]


def _told(path: Path) -> int | None:
    with suppress(FileNotFoundError), open(path, "rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(file.read() or 0)
        path.unlink(missing_ok=True)
    return None
