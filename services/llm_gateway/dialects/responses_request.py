"""A request of OpenAI's Responses: its governed fields read, everything else kept as the bytes that came."""

from typing import Any

import msgspec

from foundation.domain.errors import BadRequest, Fault
from llm_gateway.dialects.base import Dialect
from llm_gateway.request import MESSAGE_OVERHEAD, REQUEST_OVERHEAD, TOOL_OVERHEAD, CacheWrites, ChatRequest

_IMAGE_MARKS = (b'"input_image"', b'"input_file"', b'"input_audio"', b"\\u")
_CLIENT_TOOLS = frozenset({"function", "custom"})
_NOT_PROMPT = frozenset({"model", "metadata", "include", "user", "safety_identifier", "prompt_cache_key"})
_REFUSED = {
    "previous_response_id": "what the provider keeps has no declared maximum; send the items themselves",
    "conversation": "what the provider keeps has no declared maximum; send the items themselves",
    "prompt": "a stored prompt has no declared maximum; send its text",
    "background": "an answer that is generated for nobody cannot be accounted for",
}
"""Fields that cost what no bound covers."""


class _Tool(msgspec.Struct):
    type: str


class _Governed(msgspec.Struct):
    """The fields that decide about money, routing and form."""

    model: str
    input: msgspec.Raw
    stream: bool | None = None
    max_output_tokens: int | None = None
    tools: list[_Tool] | None = None
    service_tier: str | None = None


_governed = msgspec.json.Decoder(_Governed)
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read_responses_request(raw: bytes) -> ChatRequest:
    """The request of a body; `BadRequest` with the place of what is wrong."""
    try:
        governed = _governed.decode(raw)
        fields = _fields.decode(raw)
        _check(governed, fields)
        items, images, text = _sizes(bytes(governed.input))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"the body is not a responses request: {error}") from error
    text += sum(len(bytes(value)) for name, value in fields.items() if name not in _NOT_PROMPT and name != "input")
    return ChatRequest(
        dialect=Dialect.RESPONSES,
        model=governed.model,
        streamed=bool(governed.stream),
        wants_usage=True,
        choices=1,
        max_output=governed.max_output_tokens,
        images=images,
        text_tokens=REQUEST_OVERHEAD + MESSAGE_OVERHEAD * items + TOOL_OVERHEAD * len(governed.tools or ()) + text,
        cache_writes=CacheWrites.FIVE_MINUTES,
        fields=fields,
    )


def _check(governed: _Governed, fields: dict[str, msgspec.Raw]) -> None:
    faults = [
        Fault(f"/{name}", f"not supported: {why}")
        for name, why in _REFUSED.items()
        if bytes(fields.get(name, msgspec.Raw())) not in {b"", b"null", b"false"}
    ]
    if governed.max_output_tokens is not None and governed.max_output_tokens < 1:
        faults.append(Fault("/max_output_tokens", "at least 1"))
    if governed.service_tier not in {None, "auto", "default"}:
        faults.append(Fault("/service_tier", "only the default tier is priced"))
    faults += [
        Fault(f"/tools/{index}/type", f"not supported: {tool.type!r} is not run by the caller, and billed apart")
        for index, tool in enumerate(governed.tools or ())
        if tool.type not in _CLIENT_TOOLS
    ]
    if bytes(governed.input) in {b"null", b"[]", b'""'}:
        faults.append(Fault("/input", "at least one item"))
    if faults:
        raise BadRequest("; ".join(f"{fault.pointer[1:]}: {fault.detail}" for fault in faults), faults=tuple(faults))


def _sizes(raw: bytes) -> tuple[int, int, int]:
    """How many items the input has, how many of their parts are images, and how many bytes without those."""
    if raw.startswith(b'"'):
        return 1, 0, len(raw)
    items: Any = msgspec.json.decode(raw)
    if not isinstance(items, list):
        raise BadRequest("input is a text or a list of items", faults=(Fault("/input", "a text or a list of items"),))
    if not any(mark in raw for mark in _IMAGE_MARKS):
        return len(items), 0, len(raw)
    images, kept = 0, []
    for place, item in enumerate(items):
        found, rest = _without_images(item, f"/input/{place}")
        images += found
        kept.append(rest)
    return len(items), images, len(msgspec.json.encode(kept))


def _without_images(item: Any, place: str) -> tuple[int, Any]:
    """An item with the images in its content or output left out, and how many there were."""
    if not isinstance(item, dict):
        return 0, item
    images, item = 0, dict(item)
    for name in ("content", "output"):
        if not isinstance(parts := item.get(name), list):
            continue
        kept = []
        for at, part in enumerate(parts):
            kind = part.get("type") if isinstance(part, dict) else None
            if kind in {"input_file", "input_audio"}:
                fault = Fault(f"{place}/{name}/{at}", f"content of type {kind} has no declared maximum")
                raise BadRequest(fault.detail, faults=(fault,))
            if kind == "input_image":
                images += 1
            else:
                kept.append(part)
        item[name] = kept
    return images, item
