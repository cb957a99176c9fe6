"""A chat completions request: its governed fields read, everything else kept as the bytes that came."""

from enum import IntEnum

import msgspec

from foundation.domain.errors import BadRequest, Fault
from llm_gateway.content.chat import measured_messages, measured_tools
from llm_gateway.content.media import Media
from llm_gateway.content.responses import Reference
from llm_gateway.content.strict import not_covered, refused
from llm_gateway.dialects.base import Dialect

REQUEST_OVERHEAD = 32
"""Tokens that a provider's template may add beside the text of a request."""
_MAX_CHOICES = 128
_ONLY = {
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
        *_ONLY,
    }
)
"""Fields that cost nothing beside the tokens that are counted; any other is refused unless the provider declares it."""
_SPACE = b" \t\r\n"
_ALSO_PROMPT = ("response_format", "chat_template_kwargs", "guided_json", "structured_outputs")


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


class CacheWrites(IntEnum):
    """The dearest way in which a request may write to a prompt cache."""

    NONE = 0
    FIVE_MINUTES = 1
    HOUR = 2


class ProviderTool(msgspec.Struct, frozen=True):
    """A tool that the provider would run, as the request has it."""

    type: str
    written: msgspec.Raw


class ChatRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked, ready to be sent on with few fields changed.

    `text_tokens` is the most that everything but media can take: a token is at least one byte of its text, and JSON
    never writes text in fewer bytes than UTF-8 does; so the raw bytes of messages and tools, with an overhead each, are
    a bound that costs nothing to count. `forwarded` are headers that go to the provider as they came. `unlisted` are
    fields of which nobody has said that they cost nothing; `references` are items that stand elsewhere.
    """

    dialect: Dialect
    model: str
    streamed: bool
    wants_usage: bool
    choices: int
    max_output: int | None
    text_tokens: int
    cache_writes: CacheWrites
    fields: dict[str, msgspec.Raw]
    media: tuple[Media, ...] = ()
    forwarded: tuple[tuple[str, str], ...] = ()
    unlisted: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    own_tools: tuple[msgspec.Raw, ...] = ()
    provider_tools: tuple[ProviderTool, ...] = ()
    """Where there are such, `own_tools` are the others; which of them are sent depends on the targets."""
    left_out: tuple[str, ...] = ()
    """The types of those that are not sent."""
    searches: int = 0
    """How often the provider may search."""


def read_chat_request(raw: bytes) -> ChatRequest:
    """The request of a body; `BadRequest` with the place of what is wrong."""
    try:
        governed = _governed.decode(raw)
        fields = _fields.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise BadRequest(f"the body is not a chat completions request: {error}") from error
    _check(governed, fields)
    text, media = measured_messages(bytes(governed.messages))
    tools = measured_tools(written(fields, "tools")) + measured_tools(written(fields, "functions"), at="/functions")
    newer, older = governed.max_completion_tokens, governed.max_tokens
    return ChatRequest(
        dialect=Dialect.OPENAI,
        model=governed.model,
        streamed=bool(governed.stream),
        wants_usage=bool(governed.stream_options and governed.stream_options.include_usage),
        choices=1 if governed.n is None else governed.n,
        # the newer name counts where both are said, and is the only one that is sent
        max_output=older if newer is None else newer,
        media=media,
        text_tokens=REQUEST_OVERHEAD + text + tools + sum(len(written(fields, name)) for name in _ALSO_PROMPT),
        cache_writes=_cache_writes(raw),
        fields=fields,
        unlisted=unlisted(fields, _KNOWN),
    )


def written(fields: dict[str, msgspec.Raw], name: str) -> bytes:
    """A field as the request has it; empty when it is absent."""
    return bytes(fields[name]) if name in fields else b""


def unlisted(fields: dict[str, msgspec.Raw], known: frozenset[str]) -> tuple[str, ...]:
    """Fields that stand in no list; null asks for nothing."""
    if fields.keys() <= known:
        return ()
    return tuple(name for name, value in fields.items() if name not in known and bytes(value) != b"null")


def check_only(
    fields: dict[str, msgspec.Raw], only: dict[str, tuple[frozenset[bytes], str]], faults: list[Fault]
) -> None:
    """A fault for each of these fields that has another value than those that cost nothing."""
    for name, (free, why) in only.items():
        if name in fields and bytes(fields[name]).translate(None, _SPACE) not in free | {b"null"}:
            faults.append(Fault(f"/{name}", f"not supported: {why}"))


def refuse_unlisted(names: tuple[str, ...]) -> BadRequest:
    """What the caller is told of fields that no bound covers."""
    instead = "leave it out, or let the provider's table in gateway.toml declare it in `fields`"
    return refused([not_covered(f"/{name}", f"the field {name!r}", instead=instead) for name in names])


def _check(governed: _Governed, fields: dict[str, msgspec.Raw]) -> None:
    faults: list[Fault] = []
    check_only(fields, _ONLY, faults)
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
