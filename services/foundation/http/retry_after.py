"""When an answer says that its request may be sent again."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from math import isfinite


def seconds_until_retry(headers: Mapping[str, str]) -> float | None:
    """Seconds from now, of `Retry-After` (seconds or a date) or of `retry-after-ms`; None where neither says it.

    `headers` must find its names in any case, as those of HTTP clients do.
    """
    if (milliseconds := _number(headers.get("retry-after-ms"))) is not None:
        return max(0.0, milliseconds / 1000)
    after = headers.get("retry-after")
    if after is None:
        return None
    if (seconds := _number(after)) is not None:
        return max(0.0, seconds)
    try:
        return max(0.0, (parsedate_to_datetime(after) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None


def _number(text: str | None) -> float | None:
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if isfinite(number) else None
