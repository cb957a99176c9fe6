"""Which JSON a result may hold as it stands: `foundation.contracts.accepted.accepted_json` has the same rule for all.

Nothing is rounded, replaced or dropped to make it fit: what cannot be kept as it came is told so.
"""

import json
import math
import re
from decimal import Decimal
from typing import Any

WHOLE = 2**63
_LONGEST_INTEGER = 20
_LONGEST_DECIMAL = 400
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class Unfit(ValueError):
    """The value is no JSON that the platform stores as it is; the text says why."""


def read(text: str, *, most_levels: int) -> Any:
    """The value of a JSON text; `ValueError` where reading and storing it would not keep what was sent."""
    try:
        value = json.loads(
            text, parse_constant=_constant, parse_int=_integer, parse_float=_decimal, object_pairs_hook=_object
        )
    except RecursionError:
        raise Unfit("it is nested too deep") from None
    check(value, most_levels=most_levels)
    return value


def check(value: Any, *, most_levels: int) -> None:
    """Raises `Unfit` for a value that cannot be stored, with its place below it."""
    # Without recursion, as what others have sent may be of any depth.
    left: list[tuple[Any, str, int]] = [(value, "", 0)]
    while left:
        one, place, depth = left.pop()
        if depth > most_levels:
            raise Unfit(_at(place, "it is nested too deep"))
        if isinstance(one, dict):
            for key, item in reversed(one.items()):
                if why := _unfit(key):
                    raise Unfit(_at(place, f"a key: {why}"))
                left.append((item, f"{place}/{key}", depth + 1))
        elif isinstance(one, list):
            left.extend((item, f"{place}/{at}", depth + 1) for at, item in reversed(list(enumerate(one))))
        elif why := _unfit(one):
            raise Unfit(_at(place, why))


def _at(place: str, why: str) -> str:
    return f"{place[:200]}: {why}" if place else why


def _unfit(value: Any) -> str | None:
    if isinstance(value, str):
        return "a text holds what cannot be stored" if _UNSTORABLE.search(value) else None
    if isinstance(value, float):
        return None if math.isfinite(value) else "the number is not finite"
    if isinstance(value, int) and not isinstance(value, bool):
        return None if -WHOLE <= value < WHOLE else "a number has more than 64 bits"
    return None


def _constant(text: str) -> Any:
    raise Unfit(f"{text} is no JSON number")


def _integer(text: str) -> int:
    if len(text) > _LONGEST_INTEGER or not -WHOLE <= int(text) < WHOLE:
        raise Unfit("a number has more than 64 bits")
    return int(text)


def _decimal(text: str) -> float:
    number = float(text)
    try:
        is_kept = len(text) <= _LONGEST_DECIMAL and math.isfinite(number) and Decimal(text) == Decimal(repr(number))
    except ArithmeticError:
        # An exponent beyond what decimals have, so that a double has become 0.
        is_kept = False
    if not is_kept:
        raise Unfit("a decimal would become another number")
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unfit("a key stands twice")
    return found
