"""Reads the server name out of the first message of a TLS connection, without taking part in it."""

from dataclasses import dataclass

MAX_HELLO = 16 * 1024
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


def hello_of(received: bytes) -> bytes | None:
    """The body of the ClientHello, put together from its records; None while more has to come."""
    message, at = b"", 0
    while True:
        head = received[at : at + _RECORD_HEAD]
        if head[:1] not in (b"", bytes((_HANDSHAKE,))) or head[1:2] not in (b"", b"\x03"):
            raise NoClientHelloError("not a TLS handshake")
        if len(head) < _RECORD_HEAD:
            return None
        length = int.from_bytes(head[3:], "big")
        if not 0 < length <= MAX_HELLO:
            raise NoClientHelloError("a record of a length that TLS does not have")
        record = received[at + _RECORD_HEAD : at + _RECORD_HEAD + length]
        message += record
        if message[:1] != bytes((_CLIENT_HELLO,)):
            if message:
                raise NoClientHelloError("not a ClientHello")
            return None
        if len(message) >= _MESSAGE_HEAD:
            end = _MESSAGE_HEAD + int.from_bytes(message[1:_MESSAGE_HEAD], "big")
            if end > MAX_HELLO:
                raise NoClientHelloError("a ClientHello that is too large")
            if len(message) >= end:
                return message[_MESSAGE_HEAD:end]
        if len(record) < length:
            return None
        at += _RECORD_HEAD + length


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
