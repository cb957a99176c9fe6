"""Counts how calls ended in the last seconds."""

from collections import deque


class RecentCalls:
    """Calls and failures of the last seconds."""

    def __init__(self, *, seconds: float) -> None:
        self._seconds = seconds
        self._counts: deque[list[float]] = deque()
        self.calls = 0
        self.failures = 0

    def add(self, now: float, *, failed: bool) -> None:
        self._forget(now)
        second = float(int(now))
        if not self._counts or self._counts[-1][0] != second:
            self._counts.append([second, 0, 0])
        self._counts[-1][1] += 1
        self._counts[-1][2] += failed
        self.calls += 1
        self.failures += failed

    def clear(self) -> None:
        self._counts.clear()
        self.calls = self.failures = 0

    def failing(self, *, minimum: int, rate: float) -> bool:
        """Whether enough calls were seen and so large a share of them failed."""
        return self.calls >= minimum and self.failures >= rate * self.calls

    def _forget(self, now: float) -> None:
        while self._counts and self._counts[0][0] <= now - self._seconds:
            _, calls, failures = self._counts.popleft()
            self.calls -= int(calls)
            self.failures -= int(failures)
