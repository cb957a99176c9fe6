"""When a delivery is tried again, and when a webhook is given up."""

import random

_MINUTE, _HOUR = 60, 3600
PAUSES = (5, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 14 * _HOUR, 20 * _HOUR, 24 * _HOUR)
"""Seconds after each failed attempt, as Standard Webhooks recommends; after the last there is no further one."""
MOST_ATTEMPTS = len(PAUSES) + 1
DISABLED_AFTER_SECONDS = 5 * 24 * _HOUR
"""A webhook that has answered nothing well for so long is disabled."""
_LONGEST_REST = 5 * _MINUTE
_JITTER = 0.2
_MOST_RETRY_AFTER = 24 * _HOUR


def pause_after(attempts: int, *, retry_after: float | None = None) -> float | None:
    """Seconds until the next attempt, after so many; None when there is none. A receiver may ask for a longer pause."""
    if attempts >= MOST_ATTEMPTS:
        return None
    jittered = PAUSES[attempts - 1] * random.uniform(1 - _JITTER, 1 + _JITTER)  # noqa: S311
    return max(jittered, min(retry_after or 0.0, _MOST_RETRY_AFTER))


def rest_after(failures: int) -> float:
    """Seconds in which nothing is sent to a webhook that has failed so often in a row, whatever waits for it."""
    return float(min(_LONGEST_REST, 2 ** min(failures, 12) / 2))
