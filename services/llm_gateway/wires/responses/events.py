"""What the gateway reads of an answer of Responses: the usage in a body, and the events of a stream."""

import msgspec
from msgspec.structs import replace

from llm_gateway.exchange.failures import malformed
from llm_gateway.exchange.usage import Usage
from llm_gateway.wires.base import EventKind, StreamEvent
from llm_gateway.wires.responses.usage import ResponsesUsage
from llm_gateway.wires.sse import EventBuffer

_MAX_EVENT_BYTES = 16 * 1024 * 1024
"""The last event carries the whole answer once more."""
_ENDINGS = frozenset({"response.completed", "response.incomplete"})


class _Response(msgspec.Struct):
    output: list[msgspec.Raw]
    status: str | None = None
    usage: ResponsesUsage | None = None

    def full_usage(self) -> Usage | None:
        """Its usage, with the searches that its output has."""
        if self.usage is None:
            return None
        usage = self.usage.read()
        searches = sum(1 for item in self.output if _SEARCH in bytes(item) and _heads.decode(item).type == _SEARCH_TYPE)
        return replace(usage, searches=searches) if searches else usage


class _Head(msgspec.Struct):
    type: str | None = None


class _Event(msgspec.Struct):
    type: str
    response: msgspec.Raw = msgspec.Raw()


_SEARCH = b'"web_search_call"'
_SEARCH_TYPE = "web_search_call"
_heads = msgspec.json.Decoder(_Head)
_responses = msgspec.json.Decoder(_Response)
_events = msgspec.json.Decoder(_Event)


def read_usage(body: bytes) -> Usage | None:
    """The usage in a plain answer; `UpstreamFailed` when the body is no answer."""
    try:
        return _responses.decode(body).full_usage()
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise malformed() from error


class ResponsesReader:
    """One stream; its usage comes with its last event, which ends it."""

    def __init__(self) -> None:
        self._buffer = EventBuffer(most_bytes=_MAX_EVENT_BYTES)

    def feed(self, chunk: bytes) -> list[StreamEvent]:
        """The events that a chunk completes; `UpstreamFailed` on malformed ones."""
        return [_read(event, data) for event, data in self._buffer.feed(chunk) if data]


def _read(event: bytes, data: bytes) -> StreamEvent:
    try:
        read = _events.decode(data)
        if read.type in _ENDINGS:
            return StreamEvent(EventKind.DONE, event, _responses.decode(read.response).full_usage())
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise malformed() from error
    if read.type in {"error", "response.failed"}:
        return StreamEvent(EventKind.ERROR, b"", _usage_of_failed(read))
    return StreamEvent(EventKind.CONTENT, event)


def _usage_of_failed(event: _Event) -> Usage | None:
    """What a failed answer says that it took, if it says so."""
    try:
        return _responses.decode(event.response).full_usage()
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
