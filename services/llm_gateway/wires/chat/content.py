"""The messages and tools of chat completions, as far as their price is known."""

import msgspec

from foundation.domain.errors import Fault
from llm_gateway.exchange.media import Media, document, image, is_image_url, is_pdf_url
from llm_gateway.wires.overheads import MESSAGE_OVERHEAD, TOOL_OVERHEAD
from llm_gateway.wires.strict import decoded, is_nothing, not_covered, refused

_CALLERS_TOOLS = frozenset({"function", "custom"})


class _Strict(msgspec.Struct, forbid_unknown_fields=True):
    """Members that are not looked at are text: their bytes count."""


class _ToolCall(_Strict):
    id: msgspec.Raw = msgspec.Raw()
    type: msgspec.Raw = msgspec.Raw()
    function: msgspec.Raw = msgspec.Raw()
    custom: msgspec.Raw = msgspec.Raw()
    index: msgspec.Raw = msgspec.Raw()
    extra_content: msgspec.Raw = msgspec.Raw()


class _Message(_Strict):
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


class _ImageUrl(_Strict):
    url: msgspec.Raw
    detail: str | None = None


class _File(_Strict):
    file_data: msgspec.Raw = msgspec.Raw()
    file_id: msgspec.Raw = msgspec.Raw()
    filename: msgspec.Raw = msgspec.Raw()


class _Part(msgspec.Struct):
    """Parts of other types have members of their own; their type is what they are refused for."""

    type: str


class _KnownPart(_Strict):
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


_TYPES = frozenset({"text", "refusal", "image_url", "file"})


class _Tool(msgspec.Struct):
    type: str = "function"


_messages = msgspec.json.Decoder(list[_Message])
_raws = msgspec.json.Decoder(list[msgspec.Raw])
_parts = msgspec.json.Decoder(list[_Part])
_known_parts = msgspec.json.Decoder(list[_TextPart | _RefusalPart | _ImagePart | _FilePart])
_tools = msgspec.json.Decoder(list[_Tool])


def measure_messages(raw: bytes) -> tuple[int, tuple[Media, ...]]:
    """The tokens that the messages' text takes at most, and what else is in them."""
    messages = decoded(_messages, raw, at="/messages")
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
    tools = decoded(_tools, raw, at=at)
    faults = [
        not_covered(f"{at}/{index}/type", f"a tool of type {tool.type!r}", instead="name tools that the caller runs")
        for index, tool in enumerate(tools)
        if tool.type not in _CALLERS_TOOLS
    ]
    if faults:
        raise refused(faults)
    return len(raw) + TOOL_OVERHEAD * len(tools)


def _media_of(raw: bytes, *, at: str) -> list[Media]:
    media: list[Media] = []
    parts = decoded(_parts, raw, at=at)
    for index, part in enumerate(parts):
        if part.type not in _TYPES:
            instead = "send text, images, or a PDF as a file with file_data"
            raise refused([not_covered(f"{at}/{index}/type", f"content of type {part.type!r}", instead=instead)])
    knowns = decoded(_known_parts, raw, at=at)
    for index, known in enumerate(knowns):
        if isinstance(known, _ImagePart):
            media.append(_measured_image(known, at=f"{at}/{index}"))
        elif isinstance(known, _FilePart):
            media.append(_measured_file(known.file or _File(), at=f"{at}/{index}"))
    return media


def _measured_image(part: _ImagePart, *, at: str) -> Media:
    url = bytes(part.image_url.url) if part.image_url is not None else b""
    if not is_image_url(url):
        raise refused([Fault(f"{at}/image_url/url", "a link, or a data URL of an image")])
    return image(at, url)


def _measured_file(file: _File, *, at: str) -> Media:
    if not is_nothing(file.file_id):
        instead = "send the file itself as file_data"
        raise refused([not_covered(f"{at}/file/file_id", "a file that the provider keeps", instead=instead)])
    data = bytes(file.file_data)
    if not is_pdf_url(data):
        raise refused([Fault(f"{at}/file/file_data", "a PDF as a data URL: data:application/pdf;base64,…")])
    return document(at, data)
