"""Reads and writes the field in which Redis has what a scope has committed and holds, as common.lua describes it."""

import msgspec

from foundation.domain.money import NOTHING, Amount

FIELD = "counts"
_LASTING, _OF_RUN = 14, 4
"""How many values there are."""
_ARRAY = 0x90


class WindowCounts(msgspec.Struct, frozen=True):
    """One window; the empty label where nothing was counted yet."""

    label: str = ""
    committed: Amount = NOTHING
    held: Amount = NOTHING


_EMPTY = WindowCounts()


class ScopeCounts(msgspec.Struct, frozen=True):
    """The total and, of a lasting scope, the current day and month; None for a scope that counts neither."""

    total: WindowCounts = _EMPTY
    day: WindowCounts | None = None
    month: WindowCounts | None = None

    @classmethod
    def read(cls, field: bytes | str | None) -> "ScopeCounts":
        """From the field, which a scope that was never counted does not have."""
        if not field:
            return cls()
        if isinstance(field, str):
            raise TypeError("counts are bytes: ask with a client that does not decode")
        values = _values(field)
        total = _window("", values[:4])
        if len(values) == _OF_RUN:
            return cls(total)
        return cls(total, _window(values[4], values[5:9]), _window(values[9], values[10:]))

    def values(self) -> list[int | str]:
        """In the order of the field."""
        values: list[int | str] = _amounts(self.total)
        for window in (self.day, self.month):
            if window is not None:
                values += [window.label, *_amounts(window)]
        return values


def _values(field: bytes) -> list[int | str]:
    """Packed values one after another are a MessagePack array without its first byte, which is their number."""
    last = None
    for size in (_LASTING, _OF_RUN):
        try:
            return msgspec.msgpack.decode(bytes([_ARRAY | size]) + field, type=list[int | str])
        except msgspec.DecodeError as error:
            last = error
    raise ValueError("a scope's counts cannot be read") from last


def _window(label: object, values: list[int | str]) -> WindowCounts:
    tokens, nano_usd, held_tokens, held_nano_usd = (int(value) for value in values)
    return WindowCounts(str(label), Amount(tokens, nano_usd), Amount(held_tokens, held_nano_usd))


def _amounts(window: WindowCounts) -> list[int | str]:
    return [window.committed.tokens, window.committed.nano_usd, window.held.tokens, window.held.nano_usd]
