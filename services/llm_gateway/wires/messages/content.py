"""The system prompt, messages and tools of Anthropic's messages, as far as their price is known."""

from typing import Literal

import msgspec

from foundation.domain.errors import Fault
from llm_gateway.exchange.media import Media, document, image, is_link, linked_document
from llm_gateway.wires.allow_lists import (
    ONLY_CALLERS_TOOLS,
    Listed,
    ListedParts,
    decode_listed,
    not_covered,
    refused,
    unlisted_types,
)
from llm_gateway.wires.overheads import MESSAGE_OVERHEAD, TOOL_OVERHEAD

TOOLS_PROMPT = 640
"""Tokens of the instructions that come with any tool at all."""
_CALLERS_TOOLS = {
    "custom": 0,
    **dict.fromkeys(("bash_20241022", "bash_20250124"), 512),
    "text_editor_20241022": 1024,
    "text_editor_20250124": 1024,
    "text_editor_20250429": 1024,
    "text_editor_20250728": 1024,
    "memory_20250818": 2048,
    **dict.fromkeys(("computer_20241022", "computer_20250124", "computer_20251124"), 2048),
}
"""Tools that the caller runs, and the tokens that their descriptions take; what a later one takes is not known."""


class _Message(Listed):
    role: msgspec.Raw = msgspec.Raw()
    content: msgspec.Raw = msgspec.Raw()


class _Base64(Listed, tag="base64"):
    media_type: str | None = None
    data: msgspec.Raw = msgspec.Raw()


class _Link(Listed, tag="url"):
    url: msgspec.Raw = msgspec.Raw()


class _PlainText(Listed, tag="text"):
    media_type: str | None = None
    data: msgspec.Raw = msgspec.Raw()


class _Nested(Listed, tag="content"):
    content: msgspec.Raw = msgspec.Raw()


class _Kept(Listed, tag="file"):
    """What the provider keeps; its type is what it is refused for."""

    file_id: msgspec.Raw = msgspec.Raw()


_Source = _Base64 | _Link | _PlainText | _Nested | _Kept


class _Block(Listed):
    cache_control: msgspec.Raw = msgspec.Raw()


class _Text(_Block, tag="text"):
    text: msgspec.Raw = msgspec.Raw()
    citations: msgspec.Raw = msgspec.Raw()


class _Image(_Block, tag="image"):
    source: msgspec.Raw = msgspec.Raw()


class _Document(_Block, tag="document"):
    source: msgspec.Raw = msgspec.Raw()
    citations: msgspec.Raw = msgspec.Raw()
    title: msgspec.Raw = msgspec.Raw()
    context: msgspec.Raw = msgspec.Raw()


class _ToolUse(_Block, tag="tool_use"):
    id: msgspec.Raw = msgspec.Raw()
    name: msgspec.Raw = msgspec.Raw()
    input: msgspec.Raw = msgspec.Raw()
    caller: "_Direct | None" = None


class _Direct(Listed):
    """Who calls is the model itself: programs that call run at the provider."""

    type: Literal["direct"]


class _ToolResult(_Block, tag="tool_result"):
    tool_use_id: msgspec.Raw = msgspec.Raw()
    content: msgspec.Raw = msgspec.Raw()
    is_error: msgspec.Raw = msgspec.Raw()


class _Thinking(_Block, tag="thinking"):
    thinking: msgspec.Raw = msgspec.Raw()
    signature: msgspec.Raw = msgspec.Raw()


class _RedactedThinking(_Block, tag="redacted_thinking"):
    data: msgspec.Raw = msgspec.Raw()


class _SearchResult(_Block, tag="search_result"):
    source: msgspec.Raw = msgspec.Raw()
    title: msgspec.Raw = msgspec.Raw()
    content: msgspec.Raw = msgspec.Raw()
    citations: msgspec.Raw = msgspec.Raw()


class _ToolReference(_Block, tag="tool_reference"):
    """A tool of the request that is shown once more."""

    tool_name: msgspec.Raw = msgspec.Raw()


_AnyBlock = (
    _Text | _Image | _Document | _ToolUse | _ToolResult | _Thinking | _RedactedThinking | _SearchResult | _ToolReference
)


class _Tool(Listed):
    """`allowed_callers` may have the model only: programs that call run at the provider, and are billed apart."""

    type: str | None = None
    name: msgspec.Raw = msgspec.Raw()
    description: msgspec.Raw = msgspec.Raw()
    input_schema: msgspec.Raw = msgspec.Raw()
    input_examples: msgspec.Raw = msgspec.Raw()
    cache_control: msgspec.Raw = msgspec.Raw()
    strict: msgspec.Raw = msgspec.Raw()
    defer_loading: msgspec.Raw = msgspec.Raw()
    eager_input_streaming: msgspec.Raw = msgspec.Raw()
    allowed_callers: list[Literal["direct"]] | None = None
    # of a computer and an editor
    display_width_px: msgspec.Raw = msgspec.Raw()
    display_height_px: msgspec.Raw = msgspec.Raw()
    display_number: msgspec.Raw = msgspec.Raw()
    enable_zoom: msgspec.Raw = msgspec.Raw()
    max_characters: msgspec.Raw = msgspec.Raw()


class _AnyTool(msgspec.Struct):
    """Tools of other types have members of their own; their type is what they are refused for."""

    type: str | None = None


_messages = msgspec.json.Decoder(list[_Message])
_blocks = ListedParts(_AnyBlock, msgspec.json.Decoder(list[_AnyBlock]), instead="send text, images, or PDFs in base64")
_sources: msgspec.json.Decoder[_Source] = msgspec.json.Decoder(_Source)
_any_tools = msgspec.json.Decoder(list[_AnyTool])
_tools = msgspec.json.Decoder(list[_Tool])
_raws = msgspec.json.Decoder(list[msgspec.Raw])


class Measured(msgspec.Struct):
    """What is found on the way through the blocks."""

    media: list[Media]
    tool_references: int = 0


def measure_messages(raw: bytes) -> tuple[int, Measured]:
    """The tokens that the messages' text takes at most, and what else is in them."""
    messages = decode_listed(_messages, raw, at="/messages")
    measured = Measured([])
    for index, message in enumerate(messages):
        _measure(bytes(message.content), at=f"/messages/{index}/content", measured=measured)
    written = sum(one.written for one in measured.media)
    return len(raw) - written + MESSAGE_OVERHEAD * len(messages), measured


def check_system(raw: bytes) -> None:
    """A system prompt is text, and has nothing in it that stands elsewhere."""
    measured = Measured([])
    _measure(raw, at="/system", measured=measured)
    if measured.media:
        raise refused([Fault(measured.media[0].place, "a system prompt is text")])


def measure_tools(raw: bytes) -> tuple[int, int]:
    """The tokens that tools take at most beside their bytes, and the bytes of the longest of them."""
    if raw in {b"", b"null", b"[]"}:
        return 0, 0
    types = [tool.type or "custom" for tool in decode_listed(_any_tools, raw, at="/tools")]
    unlisted = unlisted_types(types, _CALLERS_TOOLS, at="/tools", what="a tool", instead=ONLY_CALLERS_TOOLS)
    if faults := list(unlisted):
        raise refused(faults)
    tokens = TOOLS_PROMPT + sum(TOOL_OVERHEAD + _CALLERS_TOOLS[name] for name in types)
    decode_listed(_tools, raw, at="/tools")
    return tokens, max(len(bytes(tool)) for tool in _raws.decode(raw))


def _measure(raw: bytes, *, at: str, measured: Measured) -> None:
    if raw.startswith((b'"', b"null")) or not raw:
        return
    if not raw.startswith(b"["):
        raise refused([Fault(at, "a text, or a list of blocks")])
    blocks = _blocks.decode(raw, at=at)
    for index, block in enumerate(blocks):
        if isinstance(block, _Text | _ToolUse):
            continue
        place = f"{at}/{index}"
        if isinstance(block, _Image):
            measured.media.append(_image(block, at=place))
        elif isinstance(block, _Document):
            _measure_document(block, at=place, measured=measured)
        elif isinstance(block, _ToolResult | _SearchResult):
            _measure(bytes(block.content), at=f"{place}/content", measured=measured)
        elif isinstance(block, _ToolReference):
            measured.tool_references += 1


def _image(block: _Image, *, at: str) -> Media:
    match _source(block, at=at):
        case _Base64(media_type=str(kind), data=data) if kind.startswith("image/"):
            return image(at, bytes(data))
        case _Link(url=url) if is_link(bytes(url)):
            return image(at, bytes(url))
    raise refused([Fault(f"{at}/source", "an image in base64, or a link to one")])


def _measure_document(block: _Document, *, at: str, measured: Measured) -> None:
    match _source(block, at=at):
        case _PlainText():
            return
        case _Nested(content=content):
            _measure(bytes(content), at=f"{at}/source/content", measured=measured)
        case _Base64(media_type="application/pdf", data=data):
            measured.media.append(document(at, bytes(data)))
        case _Link(url=url) if is_link(bytes(url)):
            measured.media.append(linked_document(at, bytes(url)))
        case _:
            raise refused([Fault(f"{at}/source", "text, blocks, a PDF in base64, or a link to one")])


def _source(block: _Image | _Document, *, at: str) -> _Source:
    source = decode_listed(_sources, bytes(block.source) or b"null", at=f"{at}/source")
    if isinstance(source, _Kept):
        what, instead = "a file that the provider keeps", "send the file itself in base64"
        raise refused([not_covered(f"{at}/source", what, instead=instead)])
    return source
