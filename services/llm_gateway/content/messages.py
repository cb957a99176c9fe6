"""The system prompt, messages and tools of Anthropic's messages, as far as their price is known."""

import msgspec

from foundation.domain.errors import Fault
from llm_gateway.content.chat import MESSAGE_OVERHEAD, TOOL_OVERHEAD
from llm_gateway.content.media import Media, document, image, is_link, linked_document
from llm_gateway.content.strict import decoded, is_nothing, not_covered, refused

TOOLS_PROMPT = 640
"""Tokens of the instructions that come with any tool at all."""
_CALLERS_TOOLS = {"custom": 0, "bash_": 512, "text_editor_": 1024, "memory_": 2048, "computer_2": 2048}
"""Tools that the caller runs, by how their type begins, and the tokens that their descriptions take."""
_TEXTS = frozenset({"text", "tool_use", "tool_result", "thinking", "redacted_thinking", "search_result"})
"""Blocks of which everything stands in the request."""
_MEDIA = frozenset({"image", "document"})
_NESTED = frozenset({"tool_result", "search_result"})
_REFERENCE = "tool_reference"
"""A tool of the request that is shown once more."""


class _Strict(msgspec.Struct, forbid_unknown_fields=True):
    """Members that are not looked at are text: their bytes count."""


class _Message(_Strict):
    role: msgspec.Raw = msgspec.Raw()
    content: msgspec.Raw = msgspec.Raw()


class _Source(_Strict):
    type: str
    media_type: str | None = None
    data: msgspec.Raw = msgspec.Raw()
    url: msgspec.Raw = msgspec.Raw()
    content: msgspec.Raw = msgspec.Raw()
    file_id: msgspec.Raw = msgspec.Raw()


class _Block(msgspec.Struct):
    """Blocks of other types have members of their own; their type is what they are refused for."""

    type: str


class _KnownBlock(_Strict):
    type: str
    text: msgspec.Raw = msgspec.Raw()
    cache_control: msgspec.Raw = msgspec.Raw()
    citations: msgspec.Raw = msgspec.Raw()
    source: msgspec.Raw = msgspec.Raw()
    title: msgspec.Raw = msgspec.Raw()
    context: msgspec.Raw = msgspec.Raw()
    id: msgspec.Raw = msgspec.Raw()
    name: msgspec.Raw = msgspec.Raw()
    input: msgspec.Raw = msgspec.Raw()
    caller: msgspec.Raw = msgspec.Raw()
    tool_use_id: msgspec.Raw = msgspec.Raw()
    tool_name: msgspec.Raw = msgspec.Raw()
    content: msgspec.Raw = msgspec.Raw()
    is_error: msgspec.Raw = msgspec.Raw()
    thinking: msgspec.Raw = msgspec.Raw()
    signature: msgspec.Raw = msgspec.Raw()
    data: msgspec.Raw = msgspec.Raw()


class _Tool(msgspec.Struct):
    type: str | None = None


_messages = msgspec.json.Decoder(list[_Message])
_blocks = msgspec.json.Decoder(list[_Block])
_known_blocks = msgspec.json.Decoder(list[_KnownBlock])
_sources = msgspec.json.Decoder(_Source)
_tools = msgspec.json.Decoder(list[_Tool])
_raws = msgspec.json.Decoder(list[msgspec.Raw])


class Measured(msgspec.Struct):
    """What is found on the way through the blocks."""

    media: list[Media]
    tool_references: int = 0


def measured_messages(raw: bytes) -> tuple[int, Measured]:
    """The tokens that the messages' text takes at most, and what else is in them."""
    messages = decoded(_messages, raw, at="/messages")
    found = Measured([])
    for index, message in enumerate(messages):
        _measure(bytes(message.content), at=f"/messages/{index}/content", found=found)
    written = sum(one.written for one in found.media)
    return len(raw) - written + MESSAGE_OVERHEAD * len(messages), found


def check_system(raw: bytes) -> None:
    """A system prompt is text, and has nothing in it that stands elsewhere."""
    found = Measured([])
    _measure(raw, at="/system", found=found)
    if found.media:
        raise refused([Fault(found.media[0].place, "a system prompt is text")])


def measured_tools(raw: bytes) -> tuple[int, int]:
    """The tokens that tools take at most beside their bytes, and the bytes of the longest of them."""
    if raw in {b"", b"null", b"[]"}:
        return 0, 0
    faults, tokens = [], TOOLS_PROMPT
    tools = decoded(_tools, raw, at="/tools")
    for index, tool in enumerate(tools):
        kind = tool.type or "custom"
        described = next((more for begins, more in _CALLERS_TOOLS.items() if kind.startswith(begins)), None)
        if described is None:
            instead = "name tools that the caller runs"
            faults.append(not_covered(f"/tools/{index}/type", f"a tool of type {kind!r}", instead=instead))
        tokens += TOOL_OVERHEAD + (described or 0)
    if faults:
        raise refused(faults)
    return tokens, max(len(bytes(tool)) for tool in _raws.decode(raw))


def _measure(raw: bytes, *, at: str, found: Measured) -> None:
    if raw.startswith((b'"', b"null")) or not raw:
        return
    if not raw.startswith(b"["):
        raise refused([Fault(at, "a text, or a list of blocks")])
    blocks = decoded(_blocks, raw, at=at)
    for index, block in enumerate(blocks):
        if block.type not in _TEXTS and block.type not in _MEDIA and block.type != _REFERENCE:
            instead = "send text, images, or PDFs in base64"
            raise refused([not_covered(f"{at}/{index}/type", f"content of type {block.type!r}", instead=instead)])
    knowns = decoded(_known_blocks, raw, at=at)
    for index, known in enumerate(knowns):
        place = f"{at}/{index}"
        if known.type == "image":
            found.media.append(_image(known, at=place))
        elif known.type == "document":
            _measure_document(known, at=place, found=found)
        elif known.type in _NESTED:
            _measure(bytes(known.content), at=f"{place}/content", found=found)
        elif known.type == _REFERENCE:
            found.tool_references += 1


def _image(block: _KnownBlock, *, at: str) -> Media:
    source = _source(block, at=at)
    if source.type == "base64" and (source.media_type or "").startswith("image/"):
        return image(at, bytes(source.data))
    if source.type == "url" and is_link(bytes(source.url)):
        return image(at, bytes(source.url))
    raise refused([_kept(source, at) or Fault(f"{at}/source", "an image in base64, or a link to one")])


def _measure_document(block: _KnownBlock, *, at: str, found: Measured) -> None:
    source = _source(block, at=at)
    match source.type:
        case "text":
            return
        case "content":
            _measure(bytes(source.content), at=f"{at}/source/content", found=found)
        case "base64" if source.media_type == "application/pdf":
            found.media.append(document(at, bytes(source.data)))
        case "url" if is_link(bytes(source.url)):
            found.media.append(linked_document(at, bytes(source.url)))
        case _:
            raise refused(
                [_kept(source, at) or Fault(f"{at}/source", "text, blocks, a PDF in base64, or a link to one")]
            )


def _kept(source: _Source, at: str) -> Fault | None:
    if source.type != "file" and is_nothing(source.file_id):
        return None
    return not_covered(f"{at}/source", "a file that the provider keeps", instead="send the file itself in base64")


def _source(block: _KnownBlock, *, at: str) -> _Source:
    return decoded(_sources, bytes(block.source) or b"null", at=f"{at}/source")
