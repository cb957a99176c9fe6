"""The messages and tools of chat completions, as far as their price is known."""

import msgspec

from foundation.domain.errors import Fault
from llm_gateway.exchange.media import Media
from llm_gateway.wires.allow_lists import (
    ONLY_CALLERS_TOOLS,
    Listed,
    ListedParts,
    decode_listed,
    refused,
    unlisted_types,
)
from llm_gateway.wires.openai.media import check_not_kept, measure_image, measure_pdf
from llm_gateway.wires.overheads import MESSAGE_OVERHEAD, TOOL_OVERHEAD

_CALLERS_TOOLS = frozenset({"function", "custom"})


class _ToolCall(Listed):
    id: msgspec.Raw = msgspec.Raw()
    type: msgspec.Raw = msgspec.Raw()
    function: msgspec.Raw = msgspec.Raw()
    custom: msgspec.Raw = msgspec.Raw()
    index: msgspec.Raw = msgspec.Raw()
    extra_content: msgspec.Raw = msgspec.Raw()


class _Message(Listed):
    """`audio` may only be null: it names what the provider keeps."""

    role: msgspec.Raw = msgspec.Raw()
    content: msgspec.Raw = msgspec.Raw()
    name: msgspec.Raw = msgspec.Raw()
    refusal: msgspec.Raw = msgspec.Raw()
    tool_calls: list[_ToolCall] | None = None
    tool_call_id: msgspec.Raw = msgspec.Raw()
    function_call: msgspec.Raw = msgspec.Raw()
    annotations: msgspec.Raw = msgspec.Raw()
    reasoning: msgspec.Raw = msgspec.Raw()
    reasoning_content: msgspec.Raw = msgspec.Raw()
    reasoning_details: msgspec.Raw = msgspec.Raw()
    prefix: bool | None = None
    audio: None = None


class _ImageUrl(Listed):
    url: msgspec.Raw
    detail: str | None = None


class _File(Listed):
    file_data: msgspec.Raw = msgspec.Raw()
    file_id: msgspec.Raw = msgspec.Raw()
    filename: msgspec.Raw = msgspec.Raw()


class _KnownPart(Listed):
    prompt_cache_breakpoint: msgspec.Raw = msgspec.Raw()
    cache_control: msgspec.Raw = msgspec.Raw()
    """Of servers that pass it on to Anthropic; what it costs at most is in the bound."""


class _TextPart(_KnownPart, tag="text"):
    text: msgspec.Raw = msgspec.Raw()


class _RefusalPart(_KnownPart, tag="refusal"):
    refusal: msgspec.Raw = msgspec.Raw()


class _ImagePart(_KnownPart, tag="image_url"):
    image_url: _ImageUrl | None = None


class _FilePart(_KnownPart, tag="file"):
    file: _File | None = None


_AnyPart = _TextPart | _RefusalPart | _ImagePart | _FilePart


class _Tool(msgspec.Struct):
    type: str = "function"


_messages = msgspec.json.Decoder(list[_Message])
_raws = msgspec.json.Decoder(list[msgspec.Raw])
_parts = ListedParts(
    _AnyPart,
    msgspec.json.Decoder(list[_AnyPart]),
    instead="send text, images, or a PDF as a file with file_data",
)
_tools = msgspec.json.Decoder(list[_Tool])


def measure_messages(raw: bytes) -> tuple[int, tuple[Media, ...]]:
    """The tokens that the messages' text takes at most, and what else is in them."""
    messages = decode_listed(_messages, raw, at="/messages")
    media: list[Media] = []
    for index, message in enumerate(messages):
        content = bytes(message.content)
        if content.startswith(b"["):
            media += _media_of(content, at=f"/messages/{index}/content")
        elif content and not content.startswith((b'"', b"null")):
            raise refused([Fault(f"/messages/{index}/content", "a text, or a list of parts")])
    written = sum(one.written for one in media)
    return len(raw) - written + MESSAGE_OVERHEAD * len(messages), tuple(media)


def measure_tools(raw: bytes, *, at: str = "/tools") -> int:
    """The tokens that tools take at most; those that the provider runs are refused."""
    if raw in {b"", b"null"}:
        return 0
    tools = decode_listed(_tools, raw, at=at)
    types = (tool.type for tool in tools)
    if faults := list(unlisted_types(types, _CALLERS_TOOLS, at=at, what="a tool", instead=ONLY_CALLERS_TOOLS)):
        raise refused(faults)
    return len(raw) + TOOL_OVERHEAD * len(tools)


def _media_of(raw: bytes, *, at: str) -> list[Media]:
    media: list[Media] = []
    for index, part in enumerate(_parts.decode(raw, at=at)):
        if isinstance(part, _ImagePart):
            url = bytes(part.image_url.url) if part.image_url is not None else b""
            media.append(measure_image(url, at=f"{at}/{index}", member="image_url/url"))
        elif isinstance(part, _FilePart):
            media.append(_measure_file(part.file or _File(), at=f"{at}/{index}"))
    return media


def _measure_file(file: _File, *, at: str) -> Media:
    check_not_kept(file.file_id, place=f"{at}/file/file_id", instead="send the file itself as file_data")
    return measure_pdf(bytes(file.file_data), at=at, member="file/file_data")
