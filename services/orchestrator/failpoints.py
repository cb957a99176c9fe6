"""Places where a crash test lets this process kill itself; refused outside local and test."""

import os
import signal

_ALLOWED = frozenset({"local", "test"})


class Failpoints:
    """`reach(name)` kills the process with SIGKILL when `name` is the configured place (`name` or `name:count`)."""

    def __init__(self, configured: str | None, *, environment: str) -> None:
        if configured and environment not in _ALLOWED:
            raise ValueError(f"a failpoint is set in {environment!r}; it is for local and test only")
        name, _, count = (configured or "").partition(":")
        self._name = name
        self._left = int(count or 1)

    def reach(self, name: str) -> None:
        if name != self._name:
            return
        self._left -= 1
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
