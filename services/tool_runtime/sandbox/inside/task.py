"""The first process of a job in a Fargate task, where no namespaces can be made: the same, with a lock on connections.

It is not the first of a namespace of its own. It has the job's uid, of which nobody else is in the task, takes in what
the job leaves without a parent, and ends all processes of that uid. The job may end it, as it has the same uid: that
ends the job, and nothing of it is told.
"""

import ctypes
import os
import sys

from tool_runtime.sandbox.inside import init
from tool_runtime.sandbox.inside.connect_lock import ConnectLock, LockError, try_out

_PR_SET_CHILD_SUBREAPER = 36


def main(control_fd: int, lock_fd: int, rest_fd: int) -> None:
    """Serve one job under the two filters whose programs the descriptors have."""
    programs = {"lock": _read(lock_fd), "rest": _read(rest_fd)}
    init.become_unreadable()
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_CHILD_SUBREAPER)")
    try:
        try_out(**programs)
    except (LockError, OSError) as error:
        sys.exit(f"the lock on connections does not hold here: {error}")
    init.main(control_fd, ConnectLock(**programs))


def _read(fd: int) -> bytes:
    with os.fdopen(fd, "rb") as file:
        return file.read()
