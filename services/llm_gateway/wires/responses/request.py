"""A request of OpenAI's Responses: its governed fields read, everything else kept as the bytes that came."""

import msgspec

from foundation.contracts.gateway.ledger import Dialect
from foundation.domain.errors import BadRequest, Fault
from llm_gateway.exchange.request import CacheWrites, ModelRequest, ProviderTool
from llm_gateway.wires.allow_lists import refused
from llm_gateway.wires.fields import check_free_values, field_bytes, find_unlisted
from llm_gateway.wires.overheads import REQUEST_OVERHEAD
from llm_gateway.wires.responses.content import divide_tools, measure_input, measure_tools

# Fields that no model is shown, and the input, which is counted item by item; the bytes of all others count.
_NOT_PROMPT = frozenset({"model", "input", "metadata", "include", "user", "safety_identifier", "prompt_cache_key"})
_NONE: frozenset[bytes] = frozenset()
_KEPT = "what the provider keeps has no declared maximum; send the items themselves"
_FREE_VALUES = {
    "previous_response_id": (_NONE, _KEPT),
    "conversation": (_NONE, _KEPT),
    "prompt": (_NONE, "a stored prompt has no declared maximum; send its text"),
    "background": (frozenset({b"false"}), "an answer that is generated for nobody cannot be accounted for"),
    "background_options": (_NONE, "an answer that is generated for nobody cannot be accounted for"),
    "context_management": (frozenset({b"[]"}), "compaction is billed beyond max_output_tokens; leave it out"),
    "moderation": (_NONE, "moderation is billed apart from tokens; leave it out"),
}
"""Fields that cost what no bound covers, and the values at which they do not."""
_KNOWN = frozenset(
    {
        *("model", "input", "instructions", "max_output_tokens", "max_tool_calls", "stream", "stream_options"),
        *("tools", "tool_choice", "parallel_tool_calls", "text", "reasoning", "include", "truncation", "store"),
        *("temperature", "top_p", "top_logprobs", "metadata", "user", "safety_identifier", "service_tier"),
        *("prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "client_metadata"),
        *_FREE_VALUES,
    }
)
"""Fields that cost nothing beside the tokens that are counted; any other is refused unless the provider declares it."""


class _Governed(msgspec.Struct):
    """The fields that decide about money, routing and form."""

    model: str
    input: msgspec.Raw
    stream: bool | None = None
    max_output_tokens: int | None = None
    service_tier: str | None = None


_encoder = msgspec.json.Encoder()
_governed = msgspec.json.Decoder(_Governed)
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read_responses_request(raw: bytes) -> ModelRequest:
    """The request of a body; `BadRequest` with the place of what is wrong."""
    try:
        governed = _governed.decode(raw)
        fields = _fields.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"the body is not a responses request: {error}") from error
    _check(governed, fields)
    own, others = divide_tools(field_bytes(fields, "tools"))
    measured = measure_input(bytes(governed.input))
    text = measured.text_tokens + measure_tools(_encoder.encode(own) if others else field_bytes(fields, "tools"))
    text += sum(len(bytes(value)) for name, value in fields.items() if name not in _NOT_PROMPT)
    return ModelRequest(
        dialect=Dialect.RESPONSES,
        model=governed.model,
        streamed=bool(governed.stream),
        wants_usage=True,
        choices=1,
        max_output=governed.max_output_tokens,
        media=measured.media,
        text_tokens=REQUEST_OVERHEAD + text,
        cache_writes=CacheWrites.HOUR if b'"12h"' in raw or b"\\u" in raw else CacheWrites.FIVE_MINUTES,
        fields=fields,
        unlisted=find_unlisted(fields, _KNOWN),
        references=measured.references,
        own_tools=tuple(own) if others else (),
        provider_tools=tuple(ProviderTool(kind, tool) for kind, tool in others),
    )


def _check(governed: _Governed, fields: dict[str, msgspec.Raw]) -> None:
    faults: list[Fault] = []
    check_free_values(fields, _FREE_VALUES, faults)
    if governed.max_output_tokens is not None and governed.max_output_tokens < 1:
        faults.append(Fault("/max_output_tokens", "at least 1"))
    if governed.service_tier not in {None, "auto", "default"}:
        faults.append(Fault("/service_tier", "only the default tier is priced"))
    raw = bytes(governed.input)
    if raw in {b"null", b"[]", b'""'}:
        faults.append(Fault("/input", "at least one item"))
    elif not raw.startswith((b'"', b"[")):
        faults.append(Fault("/input", "a text or a list of items"))
    if faults:
        raise refused(faults)
