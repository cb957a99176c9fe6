"""A chat completions request: its governed fields read, everything else kept as the bytes that came."""

import msgspec

from foundation.contracts.gateway.ledger import Dialect
from foundation.domain.errors import BadRequest, Fault
from llm_gateway.exchange.request import CacheWrites, ModelRequest
from llm_gateway.wires.allow_lists import refused
from llm_gateway.wires.chat.content import measure_messages, measure_tools
from llm_gateway.wires.fields import check_free_values, field_bytes, find_unlisted
from llm_gateway.wires.overheads import REQUEST_OVERHEAD

_MAX_CHOICES = 128
_FREE_VALUES = {
    "web_search_options": (frozenset[bytes](), "searches are billed apart from tokens; leave it out"),
    "audio": (frozenset[bytes](), "audio has no declared maximum; leave it out"),
    "prediction": (frozenset[bytes](), "predicted output is billed beyond max_tokens; leave it out"),
    "moderation": (frozenset[bytes](), "moderation is billed apart from tokens; leave it out"),
    "modalities": (frozenset({b'["text"]'}), 'modalities other than text have no declared maximum; send ["text"]'),
}
"""Fields that cost what no bound covers, and the values at which they do not."""
_KNOWN = frozenset(
    {
        *("model", "messages", "stream", "stream_options", "n", "max_tokens", "max_completion_tokens"),
        *("tools", "functions", "function_call", "tool_choice", "parallel_tool_calls", "response_format"),
        *("temperature", "top_p", "stop", "seed", "logprobs", "top_logprobs", "logit_bias"),
        *("frequency_penalty", "presence_penalty", "reasoning_effort", "verbosity", "service_tier", "store"),
        *("user", "safety_identifier", "metadata"),
        *("prompt_cache_key", "prompt_cache_options", "prompt_cache_retention"),
        # of compatible servers: how a token is drawn, and how much is thought within the limit
        *("top_k", "min_p", "top_a", "typical_p", "tfs_z", "repetition_penalty", "repeat_penalty", "repeat_last_n"),
        *("min_tokens", "ignore_eos", "stop_token_ids", "skip_special_tokens", "include_stop_str_in_output"),
        *("mirostat", "mirostat_eta", "mirostat_tau", "grammar", "guided_json", "guided_regex", "guided_choice"),
        *("guided_grammar", "structured_outputs", "chat_template_kwargs", "cache_prompt", "reasoning"),
        *("thinking", "enable_thinking", "include_reasoning", "reasoning_format", "safe_prompt"),
        *_FREE_VALUES,
    }
)
"""Fields that cost nothing beside the tokens that are counted; any other is refused unless the provider declares it."""
_ALSO_PROMPT = ("response_format", "chat_template_kwargs", "guided_json", "structured_outputs")
"""Fields beside the messages and tools whose text a model may be shown, so that its bytes count."""


class _StreamOptions(msgspec.Struct):
    include_usage: bool | None = None


class _Governed(msgspec.Struct):
    """The fields that decide about money, routing and form."""

    model: str
    messages: msgspec.Raw
    stream: bool | None = None
    stream_options: _StreamOptions | None = None
    n: int | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    service_tier: str | None = None


_governed = msgspec.json.Decoder(_Governed)
_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])


def read_chat_request(raw: bytes) -> ModelRequest:
    """The request of a body; `BadRequest` with the place of what is wrong."""
    try:
        governed = _governed.decode(raw)
        fields = _fields.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"the body is not a chat completions request: {error}") from error
    _check(governed, fields)
    text, media = measure_messages(bytes(governed.messages))
    tools = measure_tools(field_bytes(fields, "tools"))
    tools += measure_tools(field_bytes(fields, "functions"), at="/functions")
    newer, older = governed.max_completion_tokens, governed.max_tokens
    return ModelRequest(
        dialect=Dialect.CHAT,
        model=governed.model,
        streamed=bool(governed.stream),
        wants_usage=bool(governed.stream_options and governed.stream_options.include_usage),
        choices=1 if governed.n is None else governed.n,
        # the newer name counts where both are said, and is the only one that is sent
        max_output=older if newer is None else newer,
        media=media,
        text_tokens=REQUEST_OVERHEAD + text + tools + sum(len(field_bytes(fields, name)) for name in _ALSO_PROMPT),
        cache_writes=_cache_writes(raw),
        fields=fields,
        unlisted=find_unlisted(fields, _KNOWN),
    )


def _check(governed: _Governed, fields: dict[str, msgspec.Raw]) -> None:
    faults: list[Fault] = []
    check_free_values(fields, _FREE_VALUES, faults)
    if bytes(governed.messages) in {b"[]", b"null"}:
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
        raise refused(faults)


def _cache_writes(raw: bytes) -> CacheWrites:
    """Its caches are written unasked, at one price; what is to be kept for longer counts as the dearest."""
    marks = (b'"12h"', b'"cache_control"', b"\\u")
    return CacheWrites.HOUR if any(mark in raw for mark in marks) else CacheWrites.FIVE_MINUTES
