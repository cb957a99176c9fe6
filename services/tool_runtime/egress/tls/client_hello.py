"""Reads the server name out of the first message of a TLS connection, without taking part in it."""

from dataclasses import dataclass

MAX_HELLO = 16 * 1024
MAX_RECORDS = 64
"""Clients send one or a few; a record of one byte would cost six to read."""
_HANDSHAKE, _CLIENT_HELLO, _SERVER_NAME, _HOST_NAME = 22, 1, 0, 0
_RECORD_HEAD, _MESSAGE_HEAD = 5, 4

UNRECOGNIZED_NAME = bytes((21, 3, 3, 0, 2, 2, 112))
"""A fatal alert, so that the client is told why instead of that the connection broke."""


class NoClientHelloError(ValueError):
    """The bytes are not the start of a TLS connection."""


@dataclass
class _Cursor:
    data: bytes
    at: int = 0

    def take(self, count: int) -> bytes:
        if self.at + count > len(self.data):
            raise NoClientHelloError("a length leads beyond the message")
        self.at += count
        return self.data[self.at - count : self.at]

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def block(self, size: int) -> "_Cursor":
        """What follows a length of this many bytes."""
        return _Cursor(self.take(self.number(size)))

    @property
    def is_empty(self) -> bool:
        return self.at == len(self.data)


class HelloReader:
    """Puts a ClientHello together from its records as they come; each byte is looked at once."""

    def __init__(self) -> None:
        self.received = bytearray()
        """All that was taken, which a server is to be sent."""
        self._message = bytearray()
        self._at = 0
        self._left = 0
        self._records = 0

    def take(self, data: bytes) -> bytes | None:
        """The body of the ClientHello; None while more has to come. Raises `NoClientHelloError`."""
        self.received += data
        while True:
            if not self._left and not self._is_in_record():
                return None
            part = self.received[self._at : self._at + self._left]
            if not part:
                return None
            self._at += len(part)
            self._left -= len(part)
            self._message += part
            if (end := self._end()) is not None:
                return bytes(self._message[_MESSAGE_HEAD:end])

    def _is_in_record(self) -> bool:
        """Whether the head of a further record is there, and has been read."""
        head = bytes(self.received[self._at : self._at + _RECORD_HEAD])
        if head[:1] not in (b"", bytes((_HANDSHAKE,))) or head[1:2] not in (b"", b"\x03"):
            raise NoClientHelloError("not a TLS handshake")
        if len(head) < _RECORD_HEAD:
            return False
        self._left = int.from_bytes(head[3:], "big")
        if not 0 < self._left <= MAX_HELLO:
            raise NoClientHelloError("a record of a length that TLS does not have")
        self._records += 1
        if self._records > MAX_RECORDS:
            raise NoClientHelloError(f"a ClientHello in more than {MAX_RECORDS} records")
        self._at += _RECORD_HEAD
        return True

    def _end(self) -> int | None:
        """Where the message ends, once all of it is there."""
        if self._message[0] != _CLIENT_HELLO:
            raise NoClientHelloError("not a ClientHello")
        if len(self._message) < _MESSAGE_HEAD:
            return None
        end = _MESSAGE_HEAD + int.from_bytes(self._message[1:_MESSAGE_HEAD], "big")
        if end > MAX_HELLO:
            raise NoClientHelloError("a ClientHello that is too large")
        return end if len(self._message) >= end else None


def server_name(hello: bytes) -> str | None:
    """The one host name of the extension server_name, lower-case; None where there is none.

    Raises `NoClientHelloError` on a message that is not well formed, or names more than one.
    """
    cursor = _Cursor(hello)
    cursor.take(2 + 32)  # version, random
    for size in (1, 2, 1):  # session, cipher suites, compression
        cursor.block(size)
    found: list[str] = []
    extensions = cursor.block(2) if not cursor.is_empty else cursor
    while not extensions.is_empty:
        kind, body = extensions.number(2), extensions.block(2)
        if kind == _SERVER_NAME:
            names = body.block(2)
            while not names.is_empty:
                if names.number(1) != _HOST_NAME:
                    raise NoClientHelloError("a server name of an unknown kind")
                found.append(names.block(2).data.decode("ascii", "replace").lower())
    if len(found) > 1:
        raise NoClientHelloError("more than one server name")
    return found[0] if found else None
