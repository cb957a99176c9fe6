"""The host uid of a job: one per running job, never root, held by a file lock.

The kernel counts processes per uid and does not count those of uid 0, so a runner that is root must drop before the
walls are built. A lock dies with its holder: a killed runner gives its uid back. Without root there is nothing to
choose: the sandbox has the runner's uid.
"""

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

FIRST, COUNT = 64001, 64


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


def take_uid(locks: Path) -> JobUid:
    """The first free uid of the pool."""
    if os.geteuid() != 0:
        return JobUid(uid=None, lock_fd=None)
    locks.mkdir(parents=True, exist_ok=True)
    for uid in range(FIRST, FIRST + COUNT):
        fd = os.open(locks / f"{uid}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(fd)
        else:
            return JobUid(uid=uid, lock_fd=fd)
    raise NoFreeUidError(f"all {COUNT} uids from {FIRST} are in use")
