"""Says in the head of each answer that its connection ends with it, as it does: one connection takes one request.

A server that was asked to close need not say so itself (RFC 9112, section 9.6), and a client that is not told asks
again on the same connection. A carriage return without a line feed, which some readers take for the end of a line and
others do not, becomes a blank (section 2.2). Nothing else of an answer is read or changed: a server may tell a job
whatever it likes.
"""

import re

from tool_runtime.egress.grammar import MAX_HEAD

_CLOSE = b"Connection: close\r\n"
_HTTP = b"HTTP/1."
_INTERIM = re.compile(rb"HTTP/1\.[01] 1(?!01)[0-9]{2}\b")
"""Heads behind which another follows (RFC 9110, section 15.2). After 101 there would be none, and none is asked for."""
_BARE_CR = re.compile(rb"\r(?!\n)")
_LINE = re.compile(rb"[^\n]*\n")
_OF_THE_CONNECTION = re.compile(rb"(?:connection|keep-alive|proxy-connection)[ \t]*:", re.IGNORECASE)


class AnswerHeads:
    """One answer as it comes; its heads are held until each is whole. What is no head of HTTP goes on as it is."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._looked_at = 0
        self._is_over = False

    def take(self, data: bytes) -> bytes:
        """What goes on now."""
        if self._is_over:
            return data
        self._held += data
        ready = bytearray()
        while not self._is_over and self._held:
            if not self._held.startswith(_HTTP) and not _HTTP.startswith(self._held):
                self._is_over = True
            elif (end := self._end()) is not None:
                head = _BARE_CR.sub(b" ", bytes(self._held[:end]))
                del self._held[:end]
                self._looked_at = 0
                self._is_over = _INTERIM.match(head) is None
                ready += _closing(head) if self._is_over else head
            elif len(self._held) > MAX_HEAD:
                self._is_over = True
            else:
                break
        return bytes(ready) + (self.rest() if self._is_over else b"")

    def rest(self) -> bytes:
        """What is held still, which nothing follows."""
        held = bytes(self._held)
        self._held.clear()
        return held

    def _end(self) -> int | None:
        """Where the first empty line ends; clients take one of a line feed alone for one too."""
        begin = max(0, self._looked_at - 2)
        self._looked_at = len(self._held)
        ends = [at + len(end) for end in (b"\n\r\n", b"\n\n") if (at := self._held.find(end, begin)) >= 0]
        return min(ends, default=None)


def _closing(head: bytes) -> bytes:
    """The head, in which nothing is said about the connection but that it closes."""
    found: list[bytes] = _LINE.findall(head)
    first, *lines = found
    kept, was_kept = [], True
    for line in lines:
        is_folded = line[:1] in (b" ", b"\t")
        was_kept = was_kept if is_folded else _OF_THE_CONNECTION.match(line) is None
        if was_kept:
            kept.append(line)
    return first + _CLOSE + b"".join(kept)
