"""Holds off callers whose calls of triggers were not signed well, before the database is asked."""

import time
from collections import deque
from collections.abc import Callable

from cachetools import LRUCache

from foundation.domain.errors import QuotaExceeded

MOST_FAILURES = 60
"""Of one address, at one trigger and within a minute; further ones of these are refused unread."""
_WINDOW_SECONDS = 60.0
_MOST_CALLERS = 10_000


class FailedAttempts:
    """Of one process. It is a fence against floods; what opens a trigger is its signature alone."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: LRUCache[str, deque[float]] = LRUCache(_MOST_CALLERS)

    def require_room(self, caller: str) -> None:
        """`QuotaExceeded` for a caller of whom too many calls have failed within a minute."""
        failures = self._failures.get(caller)
        if failures is None:
            return
        now = self._clock()
        while failures and failures[0] <= now - _WINDOW_SECONDS:
            failures.popleft()
        if len(failures) >= MOST_FAILURES:
            raise QuotaExceeded(
                f"{MOST_FAILURES} calls of this trigger from your address were not signed well within a minute",
                remedy="wait, and check the secret",
                retry_after=max(1.0, failures[0] + _WINDOW_SECONDS - now),
            )

    def note(self, caller: str) -> None:
        """One more that has failed."""
        failures = self._failures.get(caller)
        if failures is None:
            failures = self._failures[caller] = deque(maxlen=MOST_FAILURES)
        failures.append(self._clock())
