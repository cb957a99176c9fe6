"""What running a tool twice would mean."""

from enum import StrEnum


class ToolEffect(StrEnum):
    """`pure` may run again, `keyed` carries our idempotency key, `once` is never repeated when its end is unknown."""

    PURE = "pure"
    KEYED = "keyed"
    ONCE = "once"
