"""A chat completions request: its governed fields read, everything else kept as the bytes that came."""

from enum import IntEnum
from typing import Any

import msgspec

from foundation.domain.errors import BadRequest, Fault
from llm_gateway.dialects.base import Dialect

REQUEST_OVERHEAD = 32
MESSAGE_OVERHEAD = 16
TOOL_OVERHEAD = 64
"""Tokens that a provider's template may add beside the text, a request, a message and a tool."""
_MAX_CHOICES = 128
_IMAGE_MARKS = (b"image_url", b"input_audio", b'"file"', b"input_image", b"\\u")
_REFUSED = {
    "web_search_options": "searches are billed apart from tokens",
    "audio": "audio has no declared maximum",
    "modalities": "modalities other than text have no declared maximum",
    "prediction": "predicted output is billed beyond max_tokens",
}
"""Fields that cost what no bound covers."""


class _StreamOptions(msgspec.Struct):
    include_usage: bool | None = None


class _Governed(msgspec.Struct):
    """The fields that decide about money, routing and form."""

    model: str
    messages: list[msgspec.Raw]
    stream: bool | None = None
    stream_options: _StreamOptions | None = None
    n: int | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    tools: list[msgspec.Raw] | None = None
    functions: list[msgspec.Raw] | None = None
    response_format: msgspec.Raw = msgspec.Raw()
    service_tier: str | None = None
    modalities: list[str] | None = None


_governed = msgspec.json.Decoder(_Governed)
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])


class CacheWrites(IntEnum):
    """The dearest way in which a request may write to a prompt cache."""

    NONE = 0
    FIVE_MINUTES = 1
    HOUR = 2


class ChatRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked, ready to be sent on with few fields changed.

    `text_tokens` is the most that everything but images can take: a token is at least one byte of its text, and JSON
    never writes text in fewer bytes than UTF-8 does; so the raw bytes of messages and tools, with an overhead each, are
    a bound that costs nothing to count. `forwarded` are headers that go to the provider as they came.
    """

    dialect: Dialect
    model: str
    streamed: bool
    wants_usage: bool
    choices: int
    max_output: int | None
    images: int
    text_tokens: int
    cache_writes: CacheWrites
    fields: dict[str, msgspec.Raw]
    forwarded: tuple[tuple[str, str], ...] = ()


def read_chat_request(raw: bytes) -> ChatRequest:
    """The request of a body; `BadRequest` with the place of what is wrong."""
    try:
        governed = _governed.decode(raw)
        fields = _fields.decode(raw)
        sizes = [images_in(bytes(message)) for message in governed.messages]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"the body is not a chat completions request: {error}") from error
    _check(governed, fields)
    limits = [limit for limit in (governed.max_tokens, governed.max_completion_tokens) if limit is not None]
    tools = [*(governed.tools or ()), *(governed.functions or ())]
    text = sum(size + MESSAGE_OVERHEAD for _, size in sizes) + sum(len(bytes(tool)) + TOOL_OVERHEAD for tool in tools)
    return ChatRequest(
        dialect=Dialect.OPENAI,
        model=governed.model,
        streamed=bool(governed.stream),
        wants_usage=bool(governed.stream_options and governed.stream_options.include_usage),
        choices=1 if governed.n is None else governed.n,
        max_output=max(limits) if limits else None,
        images=sum(found for found, _ in sizes),
        text_tokens=REQUEST_OVERHEAD + text + len(bytes(governed.response_format)),
        # its caches are written unasked, at one price
        cache_writes=CacheWrites.FIVE_MINUTES,
        fields=fields,
    )


def _check(governed: _Governed, fields: dict[str, msgspec.Raw]) -> None:
    faults = [
        Fault(f"/{name}", f"not supported: {why}")
        for name, why in _REFUSED.items()
        if name in fields
        and bytes(fields[name]) != b"null"
        and not (name == "modalities" and governed.modalities == ["text"])
    ]
    if not governed.messages:
        faults.append(Fault("/messages", "at least one message"))
    for name in ("n", "max_tokens", "max_completion_tokens"):
        value = getattr(governed, name)
        if value is not None and value < 1:
            faults.append(Fault(f"/{name}", "at least 1"))
    if governed.n is not None and governed.n > _MAX_CHOICES:
        faults.append(Fault("/n", f"at most {_MAX_CHOICES}"))
    if governed.service_tier not in {None, "auto", "default"}:
        faults.append(Fault("/service_tier", "only the default tier is priced"))
    if faults:
        raise BadRequest("; ".join(f"{fault.pointer[1:]}: {fault.detail}" for fault in faults), faults=tuple(faults))


def images_in(message: bytes) -> tuple[int, int]:
    """How many parts of a message are not text, and how many bytes of text the others have."""
    if not any(mark in message for mark in _IMAGE_MARKS):
        return 0, len(message)
    decoded: Any = msgspec.json.decode(message)
    content = decoded.get("content") if isinstance(decoded, dict) else None
    if not isinstance(content, list):
        return 0, len(message)
    others = [part for part in content if not isinstance(part, dict) or part.get("type") not in {"text", "refusal"}]
    if not others:
        return 0, len(message)
    text = {**decoded, "content": [part for part in content if part not in others]}
    return len(others), len(msgspec.json.encode(text))
