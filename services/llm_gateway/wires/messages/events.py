"""What the gateway reads of an answer of messages: the usage in a body, and the events of a stream."""

import msgspec

from llm_gateway.exchange.failures import malformed
from llm_gateway.exchange.usage import Usage
from llm_gateway.wires.base import EventKind, StreamEvent
from llm_gateway.wires.messages.usage import MessagesUsage
from llm_gateway.wires.sse import EventBuffer

_MAX_EVENT_BYTES = 4 * 1024 * 1024


class _Message(msgspec.Struct):
    usage: MessagesUsage | None = None


class _Body(msgspec.Struct, tag_field="type", tag="message"):
    content: list[msgspec.Raw]
    usage: MessagesUsage | None = None


class _Event(msgspec.Struct):
    type: str
    message: _Message | None = None
    usage: MessagesUsage | None = None


_bodies = msgspec.json.Decoder(_Body)
_events = msgspec.json.Decoder(_Event)


def read_usage(body: bytes) -> Usage | None:
    """The usage in a plain answer; `UpstreamFailed` when the body is no answer."""
    try:
        usage = _bodies.decode(body).usage
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise malformed() from error
    return _merged(usage, None) if usage is not None else None


class MessagesReader:
    """One stream: the input's usage comes with its first event, the output's with its last but one."""

    def __init__(self) -> None:
        self._buffer = EventBuffer(most_bytes=_MAX_EVENT_BYTES)
        self._start: MessagesUsage | None = None

    def feed(self, chunk: bytes) -> list[StreamEvent]:
        """The events that a chunk completes; `UpstreamFailed` on malformed ones."""
        return [self._read(event, data) for event, data in self._buffer.feed(chunk) if data]

    def _read(self, event: bytes, data: bytes) -> StreamEvent:
        try:
            read = _events.decode(data)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise malformed() from error
        match read.type:
            case "error":
                return StreamEvent(EventKind.ERROR, b"")
            case "message_stop":
                return StreamEvent(EventKind.DONE, event)
            case "message_start" if read.message is not None:
                self._start = read.message.usage
            case "message_delta" if read.usage is not None:
                usage = _merged(read.usage, self._start)
                return StreamEvent(EventKind.CONTENT if usage is None else EventKind.USAGE, event, usage)
        return StreamEvent(EventKind.CONTENT, event)


def _merged(last: MessagesUsage, first: MessagesUsage | None) -> Usage | None:
    """The usage of a stream from its first and last reports; None while one of the two numbers is missing."""
    whole = last.over(first or MessagesUsage())
    return None if whole.input_tokens is None or last.output_tokens is None else whole.read()
