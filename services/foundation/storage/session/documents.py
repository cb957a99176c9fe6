"""JSON on its way into a jsonb column, and out of one."""

import json
import math
import re
from typing import Any

from foundation.contracts.accepted.accepted_json import depth_of

READABLE_DEPTH = 200
"""Deeper than what is accepted today; neither JSON's reader nor the API's writer fails up to here."""

_LONG_DIGITS = 20
_LONG = re.compile(f"[0-9]{{{_LONG_DIGITS}}}")


def jsonb(value: Any) -> str | None:
    """The value as JSON text, None for None. PostgreSQL refuses what it cannot hold; nothing is replaced here."""
    return None if value is None else json.dumps(value, default=str)


def from_jsonb(data: str | bytes) -> Any:
    """The value of a column; one that cannot be read here becomes `{"unreadable": reason, "text": its text}`.

    Old rows may hold such values, which are refused today, and one row must not make its whole page fail.
    """
    text = data.decode() if isinstance(data, bytes) else data
    try:
        value = json.loads(text, parse_int=_number if _LONG.search(text) else None)
    except (RecursionError, ValueError) as error:
        return _unreadable(text, f"it cannot be read: {type(error).__name__}")
    # The count of brackets is cheap and never below the depth, so only a value that may be too deep is walked.
    if text.count("[") + text.count("{") > READABLE_DEPTH and depth_of(value) > READABLE_DEPTH:
        return _unreadable(text, f"it is nested deeper than {READABLE_DEPTH} levels")
    return value


def _number(digits: str) -> int | float:
    """An integer beyond 64 bits becomes a float, as which it was stored: PostgreSQL writes 1e300 with all its zeros."""
    if len(digits.lstrip("-")) < _LONG_DIGITS:
        return int(digits)
    if math.isinf(number := float(digits)):
        raise ValueError("beyond a double")
    return number


def _unreadable(text: str, why: str) -> dict[str, str]:
    return {"unreadable": why, "text": text}
