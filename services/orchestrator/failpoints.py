"""Places where a crash test lets this process kill itself; refused outside local and test."""

import os
import signal

from foundation.telemetry.logs import logger

_log = logger(__name__)

_ALLOWED = frozenset({"local", "test"})
PLACES = (
    "claimed",
    "ran",
    "model.recorded",
    "model.before_dispatch",
    "model.answered",
    "tool.before_submit",
    "tool.after_submit",
    "tool.copied",
    "tool.recorded",
    "finished.before_commit",
    "finished.after_commit",
    "left_out.before_commit",
    "left_out.after_commit",
    "expanded.before_commit",
    "expanded.after_commit",
    "turn.before_commit",
    "turn.after_commit",
    "asked.before_commit",
    "asked.after_commit",
    "in_doubt.before_commit",
    "in_doubt.after_commit",
    "awaits_run.before_commit",
    "awaits_run.after_commit",
    "postponed.before_commit",
    "postponed.after_commit",
    "failed.before_commit",
    "failed.after_commit",
    "message.before_send",
    "message.after_send",
    "callback.before_send",
    "callback.after_send",
    "follow.before_commit",
    "follow.after_commit",
)
"""All of them; a test compares this list with the calls of `reach`."""


class Failpoints:
    """`reach(name)` kills the process with SIGKILL when `name` is a configured place.

    A place is `name` or `name:count`, several stand with commas between them; the first one that is reached counts, and
    is named in the log.
    """

    def __init__(self, configured: str | None, *, environment: str) -> None:
        if configured and environment not in _ALLOWED:
            raise ValueError(f"a failpoint is set in {environment!r}; it is for local and test only")
        self._left: dict[str, int] = {}
        for place in filter(None, (configured or "").split(",")):
            name, _, count = place.partition(":")
            if name not in PLACES:
                raise ValueError(f"there is no failpoint {name!r}; there are {', '.join(PLACES)}")
            self._left[name] = int(count or 1)

    def reach(self, name: str) -> None:
        if name not in self._left:
            return
        self._left[name] -= 1
        if self._left[name] == 0:
            _log.warning("the process kills itself", extra={"failpoint": name})
            os.kill(os.getpid(), signal.SIGKILL)
