"""The host uid of a job: one per running job, never root, held by a file lock.

The kernel counts processes per uid and does not count those of uid 0, so a runner that is root must drop before the
walls are built. A lock dies with its holder: a killed runner gives its uid back. What it ran may outlive it by the
moment that the kernel takes to end it, so a uid that some process still has is passed over. A bubblewrap whose maker
was killed while the two were setting it up waits for ever, and is ended here. Without root there is nothing to choose:
the sandbox has the runner's uid.
"""

import fcntl
import os
import signal
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

POOL = range(64001, 64065)


class NoFreeUidError(RuntimeError):
    """As many jobs as there are uids run on this machine."""


@dataclass(frozen=True, slots=True)
class JobUid:
    """A uid to drop to; None when the runner is not root. The lock is held as long as the descriptor is open."""

    uid: int | None
    lock_fd: int | None

    def release(self) -> None:
        if self.lock_fd is not None:
            os.close(self.lock_fd)


def take_uid(locks: Path, *, pool: range = POOL) -> JobUid:
    """The first uid of the pool that no runner holds and no process has."""
    if os.geteuid() != 0:
        return JobUid(uid=None, lock_fd=None)
    locks.mkdir(parents=True, exist_ok=True)
    for uid in pool:
        fd = os.open(locks / f"{uid}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
            continue
        # Asked with the lock in hand: from here on nobody else starts a process with this uid.
        if left := list(_processes_of(uid)):
            _end_unfinished(left)
            os.close(fd)
            continue
        return JobUid(uid=uid, lock_fd=fd)
    raise NoFreeUidError(f"all {len(pool)} uids from {pool.start} are in use")


def _processes_of(uid: int) -> Iterator[tuple[int, bytes]]:
    """The id and the name of each process that has the uid, as its real, effective, saved or file system's one."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(FileNotFoundError, ProcessLookupError):
                name, _, rest = (entry / "status").read_bytes().partition(b"\n")
                if b"%d" % uid in rest.partition(b"\nUid:")[2].partition(b"\n")[0].split():
                    yield int(entry.name), name.partition(b":\t")[2]


def _end_unfinished(processes: Iterable[tuple[int, bytes]]) -> None:
    """Ends what is still bubblewrap itself and no program within its walls, which dies with its runner."""
    for pid, name in processes:
        if name == b"bwrap":
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
