"""Divides bytes into other writes than one for each event: single bytes, or parts that end where readers fail."""

from collections.abc import Iterator

from simulated_provider.faults.clauses import Faults

_FIRST_OF_SEVERAL = 0xC0
"""A byte of this value or above begins a character of several bytes."""
_LINE_ENDS = b"\r\n"


class AwkwardWrites:
    """Keeps the part after the last cut, so that it is written together with the next data."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults
        self._rest = b""

    def of(self, data: bytes) -> Iterator[bytes]:
        if self._faults.tiny:
            yield from (data[index : index + 1] for index in range(len(data)))
        elif self._faults.split:
            *whole, self._rest = _split(self._rest + data)
            yield from whole
        else:
            yield data

    def rest(self) -> bytes:
        rest, self._rest = self._rest, b""
        return rest


def _split(data: bytes) -> Iterator[bytes]:
    """Cut inside each character of several bytes and inside each end of a frame; the last part is not finished."""
    begin = 0
    for index, byte in enumerate(data):
        in_line_end = byte in _LINE_ENDS and data[index + 1 : index + 2] in {b"\n", b"\r"}
        if byte >= _FIRST_OF_SEVERAL or in_line_end:
            yield data[begin : index + 1]
            begin = index + 1
    yield data[begin:]
