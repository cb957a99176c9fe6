"""A request of Anthropic's messages: its governed fields read, everything else kept as the bytes that came."""

from collections.abc import Mapping
from typing import Any

import msgspec

from foundation.domain.errors import BadRequest, Fault
from llm_gateway.dialects.base import Dialect
from llm_gateway.request import MESSAGE_OVERHEAD, REQUEST_OVERHEAD, TOOL_OVERHEAD, CacheWrites, ChatRequest

TOOLS_PROMPT = 640
"""Tokens of the instructions that come with any tool at all."""
_CLIENT_TOOLS = {"custom": 0, "bash_": 512, "text_editor_": 1024, "memory_": 2048, "computer_": 2048}
"""Tools that the caller runs, by how their type begins, and the tokens that their descriptions take."""
_FORWARDED = ("anthropic-version", "anthropic-beta")
_MEDIA_MARKS = (b'"image"', b'"document"', b'"container_upload"', b"\\u")
_NOT_PROMPT = frozenset({"model", "messages", "metadata"})
_ONLY = {
    "speed": ({"standard"}, "only the standard speed is priced"),
    "inference_geo": ({"global"}, "only global inference is priced"),
    "service_tier": ({"auto", "standard_only"}, "only the standard tier is priced"),
}
_REFUSED = {
    "mcp_servers": "what their tools answer has no declared maximum",
    "container": "containers are billed apart from tokens",
    "fallbacks": "falling back is the gateway's own, and each model has its price",
}


class _Tool(msgspec.Struct):
    type: str | None = None


class _Governed(msgspec.Struct):
    """The fields that decide about money, routing and form."""

    model: str
    messages: list[msgspec.Raw]
    max_tokens: int | None = None
    stream: bool | None = None
    tools: list[_Tool] | None = None
    speed: str | None = None
    inference_geo: str | None = None
    service_tier: str | None = None


_governed = msgspec.json.Decoder(_Governed)
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read_messages_request(raw: bytes, headers: Mapping[str, str], *, needs_limit: bool = True) -> ChatRequest:
    """The request of a body; `BadRequest` with the place of what is wrong.

    Without `needs_limit`, `max_tokens` may be absent: counting needs none, and a translated request gets its own later.
    """
    try:
        governed = _governed.decode(raw)
        fields = _fields.decode(raw)
        _check(governed, fields, needs_limit=needs_limit)
        images, text = _sizes(governed.messages)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"the body is not a messages request: {error}") from error
    text += sum(len(bytes(value)) for name, value in fields.items() if name not in _NOT_PROMPT)
    return ChatRequest(
        dialect=Dialect.ANTHROPIC,
        model=governed.model,
        streamed=bool(governed.stream),
        wants_usage=True,
        choices=1,
        max_output=governed.max_tokens,
        images=images,
        text_tokens=text + _overhead(governed),
        cache_writes=_cache_writes(raw),
        forwarded=_forwarded(headers),
        fields=fields,
    )


def _check(governed: _Governed, fields: dict[str, msgspec.Raw], *, needs_limit: bool) -> None:
    faults = [
        Fault(f"/{name}", f"not supported: {why}")
        for name, why in _REFUSED.items()
        if bytes(fields.get(name, msgspec.Raw())) not in {b"", b"null", b"[]"}
    ]
    if b"compact" in bytes(fields.get("context_management", msgspec.Raw())):
        faults.append(Fault("/context_management", "not supported: compaction is billed beyond max_tokens"))
    for name, (allowed, why) in _ONLY.items():
        value = getattr(governed, name)
        if value is not None and value not in allowed:
            faults.append(Fault(f"/{name}", why))
    if not governed.messages:
        faults.append(Fault("/messages", "at least one message"))
    if governed.max_tokens is None and needs_limit:
        faults.append(Fault("/max_tokens", "Field required"))
    if governed.max_tokens is not None and governed.max_tokens < 1:
        faults.append(Fault("/max_tokens", "at least 1"))
    faults += [
        Fault(f"/tools/{index}/type", f"not supported: {tool.type!r} is not run by the caller, and billed apart")
        for index, tool in enumerate(governed.tools or ())
        if _tool_tokens(tool) is None
    ]
    if faults:
        raise BadRequest("; ".join(f"{fault.pointer[1:]}: {fault.detail}" for fault in faults), faults=tuple(faults))


def _tool_tokens(tool: _Tool) -> int | None:
    """What a tool's description takes beyond its bytes; None for a tool that the provider runs."""
    kind = tool.type or "custom"
    return next((tokens for begins, tokens in _CLIENT_TOOLS.items() if kind.startswith(begins)), None)


def _overhead(governed: _Governed) -> int:
    tools = governed.tools or []
    described = sum(TOOL_OVERHEAD + (_tool_tokens(tool) or 0) for tool in tools)
    return REQUEST_OVERHEAD + MESSAGE_OVERHEAD * len(governed.messages) + described + (TOOLS_PROMPT if tools else 0)


def _cache_writes(raw: bytes) -> CacheWrites:
    """What a cache may cost, judged by the bytes; what is written in escapes counts as the dearest."""
    if b"\\u" in raw:
        return CacheWrites.HOUR
    if b'"cache_control"' not in raw:
        return CacheWrites.NONE
    return CacheWrites.HOUR if b'"1h"' in raw else CacheWrites.FIVE_MINUTES


def _forwarded(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    found = tuple((name, headers[name]) for name in _FORWARDED if name in headers)
    if not all(value.isascii() and value.isprintable() for _, value in found):
        raise BadRequest("anthropic-version and anthropic-beta are plain ASCII")
    return found


def _sizes(messages: list[msgspec.Raw]) -> tuple[int, int]:
    """How many images the messages have, and how many bytes without them."""
    images, text = 0, 0
    for message in messages:
        raw = bytes(message)
        if any(mark in raw for mark in _MEDIA_MARKS):
            decoded: Any = msgspec.json.decode(raw)
            found, decoded = _without_images(decoded)
            images += found
            text += max(0, len(msgspec.json.encode(decoded)))
        else:
            text += len(raw)
    return images, text


def _without_images(value: Any) -> tuple[int, Any]:
    """A message or block with the images in its content left out, and how many there were."""
    if not isinstance(value, dict):
        return 0, value
    kind = value.get("type")
    if kind == "container_upload":
        raise BadRequest("content of type container_upload has no declared maximum")
    if kind == "document":
        source = value.get("source")
        if not isinstance(source, dict) or source.get("type") not in {"text", "content"}:
            raise BadRequest("documents other than text have no declared maximum")
        images, source = _without_images(source)
        return images, {**value, "source": source}
    content = value.get("content")
    if not isinstance(content, list):
        return 0, value
    images, kept = 0, []
    for block in content:
        if isinstance(block, dict) and block.get("type") == "image":
            images += 1
        else:
            found, rest = _without_images(block)
            images += found
            kept.append(rest)
    return images, {**value, "content": kept}
