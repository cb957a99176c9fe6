"""Ends what takes too long, whatever it waits for.

The time-out of a socket begins anew with every byte that comes, so that a server which sends one now and then would
never be given up. So the clock rings: a signal, whose handler raises in the middle of what the program does.
"""

import contextlib
import signal
import time
from collections.abc import Iterator

_AGAIN_SECONDS = 0.05
"""It rings until it is heard: what is raised while an object is taken down is lost."""
_SOON_SECONDS = 0.001


class Late(BaseException):
    """The time is over. No `Exception`, so that nothing on the way takes it for a fault of its own."""


def _ring(_: int, __: object) -> None:
    raise Late


@contextlib.contextmanager
def deadline(until: float) -> Iterator[None]:
    """Raises `Late` within it at that time (`time.monotonic()`); for the main thread of a program of ours alone."""
    before = signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, max(until - time.monotonic(), _SOON_SECONDS), _AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
