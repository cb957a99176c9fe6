"""Places where a crash test lets this process kill or freeze itself; refused outside local and test."""

import os
import signal

from foundation.telemetry.logs import logger

_log = logger(__name__)

_ALLOWED = frozenset({"local", "test"})
_SIGNALS = {"kill": signal.SIGKILL, "freeze": signal.SIGSTOP}
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
    """`reach(name)` kills the process with SIGKILL, or freezes it with SIGSTOP, when `name` is a configured place.

    A place is `name`, `name:count` or `name:count:freeze`, several stand with commas between them; the first one that
    is reached counts, and is named in the log.
    """

    def __init__(self, configured: str | None, *, environment: str) -> None:
        if configured and environment not in _ALLOWED:
            raise ValueError(f"a failpoint is set in {environment!r}; it is for local and test only")
        self._left: dict[str, int] = {}
        self._how: dict[str, str] = {}
        for place in filter(None, (configured or "").split(",")):
            name, count, how, *_ = *place.split(":"), "", ""
            if name not in PLACES:
                raise ValueError(f"there is no failpoint {name!r}; there are {', '.join(PLACES)}")
            if (how or "kill") not in _SIGNALS:
                raise ValueError(f"a failpoint does not {how!r}; it does {' or '.join(_SIGNALS)}")
            self._left[name] = int(count or 1)
            self._how[name] = how or "kill"

    def reach(self, name: str) -> None:
        if name not in self._left:
            return
        self._left[name] -= 1
        if self._left[name] == 0:
            _log.warning("the process stops itself", extra={"failpoint": name, "how": self._how[name]})
            os.kill(os.getpid(), _SIGNALS[self._how[name]])
