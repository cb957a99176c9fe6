"""What OpenAI's chat completions say: the usage in a body, and the events of a stream, however their bytes are cut."""

import msgspec

from llm_gateway.providers.base import Billing, EventKind, StreamEvent, UpstreamFailed
from llm_gateway.providers.sse import data_of, next_event
from llm_gateway.usage import Usage

_MAX_EVENT_BYTES = 4 * 1024 * 1024
_NOTHING = (b"", b"null")
_NULL_USAGE = (b',"usage":null', b', "usage": null', b', "usage":null')


class _InputDetails(msgspec.Struct):
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None


class _OutputDetails(msgspec.Struct):
    reasoning_tokens: int | None = None


class _Usage(msgspec.Struct):
    prompt_tokens: int
    completion_tokens: int
    prompt_tokens_details: _InputDetails | None = None
    completion_tokens_details: _OutputDetails | None = None

    def read(self) -> Usage:
        inputs, outputs = (
            self.prompt_tokens_details or _InputDetails(),
            self.completion_tokens_details or _OutputDetails(),
        )
        return Usage(
            input_tokens=self.prompt_tokens,
            output_tokens=self.completion_tokens,
            cached_input_tokens=inputs.cached_tokens or 0,
            cache_write_tokens=inputs.cache_write_tokens or 0,
            reasoning_tokens=outputs.reasoning_tokens or 0,
        )


class _Body(msgspec.Struct):
    choices: list[msgspec.Raw]
    usage: _Usage | None = None


class _Chunk(msgspec.Struct):
    choices: list[msgspec.Raw] | None = None
    usage: _Usage | None = None
    error: msgspec.Raw = msgspec.Raw()


_bodies = msgspec.json.Decoder(_Body)
_chunks = msgspec.json.Decoder(_Chunk)


def read_usage(body: bytes) -> Usage | None:
    """The usage in a plain answer; `UpstreamFailed` when the body is no answer."""
    try:
        usage = _bodies.decode(body).usage
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _malformed() from error
    return usage.read() if usage is not None else None


class CompletionsReader:
    """One stream."""

    def __init__(self, *, wants_usage: bool) -> None:
        self._wants_usage = wants_usage
        self._pending = bytearray()

    def feed(self, chunk: bytes) -> list[StreamEvent]:
        return read_events(chunk, self._pending, wants_usage=self._wants_usage)


def read_events(chunk: bytes, pending: bytearray, *, wants_usage: bool) -> list[StreamEvent]:
    """The events that a chunk completes; `pending` keeps what is incomplete."""
    pending += chunk
    found = []
    while (event := next_event(pending)) is not None:
        read = _read_event(event, wants_usage=wants_usage)
        if read is not None:
            found.append(read)
    if len(pending) > _MAX_EVENT_BYTES:
        raise _malformed()
    return found


def _malformed() -> UpstreamFailed:
    return UpstreamFailed("upstream_malformed", billing=Billing.UNKNOWN, retryable=True, trips_breaker=True)


def _read_event(event: bytes, *, wants_usage: bool) -> StreamEvent | None:
    """What an event is; None for comments, which are not passed on."""
    data = data_of(event)
    if not data:
        return None
    if data == b"[DONE]":
        return StreamEvent(EventKind.DONE, event)
    try:
        chunk = _chunks.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _malformed() from error
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
