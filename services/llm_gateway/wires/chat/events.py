"""What the gateway reads of an answer of chat completions: the usage in a body, and the events of a stream."""

import msgspec

from llm_gateway.exchange.failures import malformed
from llm_gateway.exchange.usage import Usage
from llm_gateway.wires.base import EventKind, StreamEvent
from llm_gateway.wires.chat.usage import ChargedUsage
from llm_gateway.wires.sse import EventBuffer

_MAX_EVENT_BYTES = 4 * 1024 * 1024
_NOTHING = (b"", b"null")
_NULL_USAGE = (b',"usage":null', b', "usage": null', b', "usage":null')


class _Body(msgspec.Struct):
    choices: list[msgspec.Raw]
    usage: ChargedUsage | None = None


class _Chunk(msgspec.Struct):
    choices: list[msgspec.Raw] | None = None
    usage: ChargedUsage | None = None
    error: msgspec.Raw = msgspec.Raw()


_bodies = msgspec.json.Decoder(_Body)
_chunks = msgspec.json.Decoder(_Chunk)


def read_usage(body: bytes) -> Usage | None:
    """The usage in a plain answer; `UpstreamFailed` when the body is no answer."""
    try:
        usage = _bodies.decode(body).usage
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise malformed() from error
    return usage.read() if usage is not None else None


class CompletionsReader:
    """One stream."""

    def __init__(self, *, wants_usage: bool) -> None:
        self._wants_usage = wants_usage
        self._buffer = EventBuffer(most_bytes=_MAX_EVENT_BYTES)

    def feed(self, chunk: bytes) -> list[StreamEvent]:
        """The events that a chunk completes; comments are not passed on."""
        return [
            _read_event(event, data, wants_usage=self._wants_usage) for event, data in self._buffer.feed(chunk) if data
        ]


def _read_event(event: bytes, data: bytes, *, wants_usage: bool) -> StreamEvent:
    if data == b"[DONE]":
        return StreamEvent(EventKind.DONE, event)
    try:
        chunk = _chunks.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise malformed() from error
    if bytes(chunk.error) not in _NOTHING:
        return StreamEvent(EventKind.ERROR, b"")
    usage = chunk.usage.read() if chunk.usage is not None else None
    if usage is not None and not chunk.choices:
        return StreamEvent(EventKind.USAGE, event if wants_usage else b"", usage)
    if not wants_usage and b'"usage"' in event:
        # in a JSON string the quotes would be escaped, so this can only be the member itself
        for member in _NULL_USAGE:
            event = event.replace(member, b"")
    return StreamEvent(EventKind.CONTENT if usage is None else EventKind.USAGE, event, usage)
