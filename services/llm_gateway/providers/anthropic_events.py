"""What Anthropic's messages say: the usage in a body, and the events of a stream.

`input_tokens` on this wire leaves out what a cache was read or written for; here, as everywhere in the gateway, it is
all of the input.
"""

import msgspec

from llm_gateway.providers.base import EventKind, StreamEvent, malformed
from llm_gateway.providers.sse import EventBuffer
from llm_gateway.usage import Usage

_MAX_EVENT_BYTES = 4 * 1024 * 1024


class _CacheCreation(msgspec.Struct):
    ephemeral_5m_input_tokens: int | None = None
    ephemeral_1h_input_tokens: int | None = None


class _OutputDetails(msgspec.Struct):
    thinking_tokens: int | None = None


class _Usage(msgspec.Struct):
    input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_read_input_tokens: int | None = None
    cache_creation: _CacheCreation | None = None
    output_tokens: int | None = None
    output_tokens_details: _OutputDetails | None = None


class _Message(msgspec.Struct):
    usage: _Usage | None = None


class _Body(msgspec.Struct, tag_field="type", tag="message"):
    content: list[msgspec.Raw]
    usage: _Usage | None = None


class _Event(msgspec.Struct):
    type: str
    message: _Message | None = None
    usage: _Usage | None = None


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
        self._start: _Usage | None = None

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


def _merged(last: _Usage, first: _Usage | None) -> Usage | None:
    """The usage that the last word of a stream and its first make; None while a part is not told."""
    start = first or _Usage()
    plain = start.input_tokens if last.input_tokens is None else last.input_tokens
    if plain is None or last.output_tokens is None:
        return None
    read = _either(last.cache_read_input_tokens, start.cache_read_input_tokens)
    creation = last.cache_creation or start.cache_creation or _CacheCreation()
    by_hour = creation.ephemeral_1h_input_tokens or 0
    told = _either(last.cache_creation_input_tokens, start.cache_creation_input_tokens)
    written = max(told, by_hour + (creation.ephemeral_5m_input_tokens or 0))
    return Usage(
        input_tokens=plain + read + written,
        output_tokens=last.output_tokens,
        cached_input_tokens=read,
        cache_write_tokens=written,
        cache_write_1h_tokens=by_hour,
        reasoning_tokens=(last.output_tokens_details or _OutputDetails()).thinking_tokens or 0,
    )


def _either(last: int | None, first: int | None) -> int:
    return (first or 0) if last is None else last
