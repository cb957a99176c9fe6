"""A request of Anthropic's messages: its governed fields read, everything else kept as the bytes that came."""

from collections.abc import Mapping

import msgspec

from foundation.contracts.gateway.ledger import Dialect
from foundation.domain.errors import BadRequest, Fault
from llm_gateway.exchange.request import CacheWrites, ModelRequest
from llm_gateway.wires.allow_lists import decode_listed, not_covered, refused
from llm_gateway.wires.fields import check_free_values, field_bytes, find_unlisted
from llm_gateway.wires.messages.content import check_system, measure_messages, measure_tools
from llm_gateway.wires.overheads import REQUEST_OVERHEAD

_FORWARDED = ("anthropic-version", "anthropic-beta")
_CLEARING = frozenset({"clear_tool_uses_20250919", "clear_thinking_20251015"})
_NOT_PROMPT = frozenset({"model", "messages", "metadata"})
"""Fields that no model is shown, and the messages, which are counted part by part; the bytes of all others count."""
_NONE: frozenset[bytes] = frozenset()
_FREE_VALUES = {
    "speed": (frozenset({b'"standard"'}), "only the standard speed is priced"),
    "inference_geo": (frozenset({b'"global"'}), "only global inference is priced"),
    "service_tier": (frozenset({b'"auto"', b'"standard_only"'}), "only the standard tier is priced"),
    "mcp_servers": (frozenset({b"[]"}), "what their tools answer has no declared maximum; leave it out"),
    "container": (_NONE, "containers are billed apart from tokens; leave it out"),
    "fallbacks": (frozenset({b"[]"}), "falling back is the gateway's own, and each model has its price; leave it out"),
    "thread": (_NONE, "what the provider keeps has no declared maximum; send the messages themselves"),
    "compaction": (_NONE, "compaction is billed beyond max_tokens; leave it out"),
    "billing_policy": (_NONE, "who is billed is the gateway's own; leave it out"),
}
"""Fields that cost what no bound covers, and the values at which they do not."""
_KNOWN = frozenset(
    {
        *("model", "messages", "system", "max_tokens", "stop_sequences", "stream", "temperature", "top_p", "top_k"),
        *("tools", "tool_choice", "thinking", "metadata", "output_config", "output_format", "cache_control"),
        *("context_management", "diagnostics"),
        *_FREE_VALUES,
    }
)
"""Fields that cost nothing beside the tokens that are counted; any other is refused unless the provider declares it."""


class _Governed(msgspec.Struct):
    """The fields that decide about money, routing and form."""

    model: str
    messages: msgspec.Raw
    max_tokens: int | None = None
    stream: bool | None = None


class _Edit(msgspec.Struct):
    type: str


class _Management(msgspec.Struct, forbid_unknown_fields=True):
    edits: list[_Edit] | None = None


_management = msgspec.json.Decoder(_Management)
_governed = msgspec.json.Decoder(_Governed)
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read_messages_request(raw: bytes, headers: Mapping[str, str], *, needs_limit: bool = True) -> ModelRequest:
    """The request of a body; `BadRequest` with the place of what is wrong.

    Without `needs_limit`, `max_tokens` may be absent: counting needs none, and a translated request gets its own later.
    """
    try:
        governed = _governed.decode(raw)
        fields = _fields.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"the body is not a messages request: {error}") from error
    _check(governed, fields, needs_limit=needs_limit)
    text, measured = measure_messages(bytes(governed.messages))
    check_system(field_bytes(fields, "system"))
    tools, longest = measure_tools(field_bytes(fields, "tools"))
    text += sum(len(bytes(value)) for name, value in fields.items() if name not in _NOT_PROMPT)
    return ModelRequest(
        dialect=Dialect.MESSAGES,
        model=governed.model,
        streamed=bool(governed.stream),
        wants_usage=True,
        choices=1,
        max_output=governed.max_tokens,
        media=tuple(measured.media),
        text_tokens=REQUEST_OVERHEAD + text + tools + measured.tool_references * longest,
        cache_writes=_cache_writes(raw),
        forwarded=_forwarded(headers),
        fields=fields,
        unlisted=find_unlisted(fields, _KNOWN),
    )


def _check(governed: _Governed, fields: dict[str, msgspec.Raw], *, needs_limit: bool) -> None:
    faults: list[Fault] = []
    check_free_values(fields, _FREE_VALUES, faults)
    faults += _edits(field_bytes(fields, "context_management"))
    if bytes(governed.messages) in {b"[]", b"null"}:
        faults.append(Fault("/messages", "at least one message"))
    if governed.max_tokens is None and needs_limit:
        faults.append(Fault("/max_tokens", "Field required"))
    if governed.max_tokens is not None and governed.max_tokens < 1:
        faults.append(Fault("/max_tokens", "at least 1"))
    if faults:
        raise refused(faults)


def _edits(raw: bytes) -> list[Fault]:
    """Edits that leave something out cost nothing; compaction is billed beyond max_tokens, and others are not known."""
    if raw in {b"", b"null"}:
        return []
    edits = decode_listed(_management, raw, at="/context_management").edits or []
    return [
        not_covered(f"/context_management/edits/{index}/type", f"the edit {edit.type!r}", instead="leave it out")
        for index, edit in enumerate(edits)
        if edit.type not in _CLEARING
    ]


def _cache_writes(raw: bytes) -> CacheWrites:
    """What a cache may cost, judged by the bytes; what is written in escapes counts as the dearest."""
    if b"\\u" in raw:
        return CacheWrites.HOUR
    if b'"cache_control"' not in raw:
        return CacheWrites.NONE
    return CacheWrites.HOUR if b'"1h"' in raw else CacheWrites.FIVE_MINUTES


def _forwarded(headers: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    forwarded = tuple((name, headers[name]) for name in _FORWARDED if name in headers)
    if not all(value.isascii() and value.isprintable() for _, value in forwarded):
        detail = "anthropic-version and anthropic-beta have characters that are not printable ASCII"
        raise BadRequest(detail, remedy="leave these characters out")
    return forwarded
