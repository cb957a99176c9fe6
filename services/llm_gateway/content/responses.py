"""The items and tools of OpenAI's Responses, as far as their price is known."""

from typing import Any

import msgspec

from foundation.domain.errors import Fault
from llm_gateway.content.chat import MESSAGE_OVERHEAD, TOOL_OVERHEAD
from llm_gateway.content.media import Media, document, image, is_image_url, is_link, is_pdf_url, linked_document
from llm_gateway.content.strict import decoded, is_nothing, not_covered, refused

_TEXTS = frozenset({"input_text", "output_text", "refusal", "summary_text", "reasoning_text", "text"})
_ITEMS = frozenset(
    {
        "message",
        "reasoning",
        "item_reference",
        "function_call",
        "function_call_output",
        "custom_tool_call",
        "custom_tool_call_output",
        "local_shell_call",
        "local_shell_call_output",
        "shell_call",
        "shell_call_output",
        "apply_patch_call",
        "apply_patch_call_output",
        "computer_call",
        "computer_call_output",
        "tool_search_call",
        "tool_search_output",
        "additional_tools",
        "web_search_call",
    }
)
_PROVIDERS_TOOLS = (
    "web_search",
    "file_search",
    "code_interpreter",
    "image_generation",
    "mcp",
    "shell",
    "tool_search",
    "programmatic_tool_calling",
)
"""How the types of the tools begin that the provider runs, where their caller does not say that he does."""
_CALLERS_TOOLS = frozenset({"function", "custom", "apply_patch", "local_shell", "computer_use_preview", "computer"})


class _Strict(msgspec.Struct, forbid_unknown_fields=True):
    """Members that are not looked at are text: their bytes count."""


class _AnyItem(msgspec.Struct):
    """Items of other types have members of their own; their type is what they are refused for."""

    type: str | None = None


class _Item(_Strict):
    type: str | None = None
    id: str | None = None
    role: str | None = None
    content: msgspec.Raw = msgspec.Raw()
    status: msgspec.Raw = msgspec.Raw()
    phase: msgspec.Raw = msgspec.Raw()
    call_id: msgspec.Raw = msgspec.Raw()
    name: msgspec.Raw = msgspec.Raw()
    namespace: msgspec.Raw = msgspec.Raw()
    caller: msgspec.Raw = msgspec.Raw()
    arguments: msgspec.Raw = msgspec.Raw()
    input: msgspec.Raw = msgspec.Raw()
    output: msgspec.Raw = msgspec.Raw()
    summary: msgspec.Raw = msgspec.Raw()
    encrypted_content: msgspec.Raw = msgspec.Raw()
    action: msgspec.Raw = msgspec.Raw()
    actions: msgspec.Raw = msgspec.Raw()
    operation: msgspec.Raw = msgspec.Raw()
    environment: msgspec.Raw = msgspec.Raw()
    execution: msgspec.Raw = msgspec.Raw()
    tools: msgspec.Raw = msgspec.Raw()
    max_output_length: msgspec.Raw = msgspec.Raw()
    pending_safety_checks: msgspec.Raw = msgspec.Raw()
    acknowledged_safety_checks: msgspec.Raw = msgspec.Raw()


class _Part(msgspec.Struct):
    type: str | None = None


class _KnownPart(_Strict):
    type: str | None = None
    text: msgspec.Raw = msgspec.Raw()
    refusal: msgspec.Raw = msgspec.Raw()
    annotations: msgspec.Raw = msgspec.Raw()
    logprobs: msgspec.Raw = msgspec.Raw()
    detail: msgspec.Raw = msgspec.Raw()
    image_url: msgspec.Raw = msgspec.Raw()
    file_id: msgspec.Raw = msgspec.Raw()
    file_data: msgspec.Raw = msgspec.Raw()
    file_url: msgspec.Raw = msgspec.Raw()
    filename: msgspec.Raw = msgspec.Raw()
    prompt_cache_breakpoint: msgspec.Raw = msgspec.Raw()
    # the output of a shell
    stdout: msgspec.Raw = msgspec.Raw()
    stderr: msgspec.Raw = msgspec.Raw()
    outcome: msgspec.Raw = msgspec.Raw()
    created_by: msgspec.Raw = msgspec.Raw()


class _Environment(msgspec.Struct):
    type: str


class _Tool(msgspec.Struct):
    type: str
    execution: str | None = None
    environment: _Environment | None = None
    tools: msgspec.Raw = msgspec.Raw()

    def is_run_by_the_caller(self) -> bool:
        match self.type:
            case "tool_search":
                return self.execution == "client"
            case "shell":
                return self.environment is not None and self.environment.type == "local"
            case "namespace":
                return True
        return self.type in _CALLERS_TOOLS


_any_items = msgspec.json.Decoder(list[_AnyItem])
_items = msgspec.json.Decoder(list[_Item])
_parts = msgspec.json.Decoder(list[_Part])
_known_parts = msgspec.json.Decoder(list[_KnownPart])
_one_part = msgspec.json.Decoder(_KnownPart)
_tools = msgspec.json.Decoder(list[_Tool])
_raws = msgspec.json.Decoder(list[msgspec.Raw])


class Reference(msgspec.Struct, frozen=True):
    """An item of which the request has the name only, or whose thoughts the provider keeps."""

    index: int
    id: str
    stands_here: bool = False
    """Whether the item itself is there, and only what the provider keeps of it is not."""

    @property
    def place(self) -> str:
        return f"/input/{self.index}"


class Measured(msgspec.Struct, frozen=True):
    """`text_tokens` is the most that everything but the media and the references takes."""

    text_tokens: int
    media: tuple[Media, ...] = ()
    references: tuple[Reference, ...] = ()


def measured_input(raw: bytes) -> Measured:
    if raw.startswith(b'"'):
        return Measured(len(raw) + MESSAGE_OVERHEAD)
    media: list[Media] = []
    references: list[Reference] = []
    any_items = decoded(_any_items, raw, at="/input")
    for index, any_item in enumerate(any_items):
        if any_item.type is not None and any_item.type not in _ITEMS:
            what = f"an item of type {any_item.type!r}"
            instead = "send messages, reasoning, and calls of tools that the caller runs"
            raise refused([not_covered(f"/input/{index}/type", what, instead=instead)])
    items = decoded(_items, raw, at="/input")
    for index, item in enumerate(items):
        at = f"/input/{index}"
        if (named := _named(item, index, at)) is not None:
            references.append(named)
        media += _media_of(bytes(item.content), at=f"{at}/content")
        media += _media_of(bytes(item.output), at=f"{at}/output")
        _check_whole(item, at)
    written = sum(one.written for one in media)
    return Measured(len(raw) - written + MESSAGE_OVERHEAD * len(items), tuple(media), tuple(references))


def divided_tools(raw: bytes) -> tuple[list[msgspec.Raw], list[tuple[str, msgspec.Raw]]]:
    """The tools that the caller runs, and those that the provider would run, with their types: these are billed apart.

    A tool of a type that nobody knows is refused: whether it can be left out is not known either.
    """
    if raw in {b"", b"null"}:
        return [], []
    tools, own, others = decoded(_tools, raw, at="/tools"), [], []
    for index, (tool, written) in enumerate(zip(tools, _raws.decode(raw), strict=True)):
        if tool.is_run_by_the_caller():
            own.append(written)
        elif tool.type.startswith(_PROVIDERS_TOOLS):
            others.append((tool.type, written))
        else:
            instead = "name tools that the caller runs"
            raise refused([not_covered(f"/tools/{index}/type", f"a tool of type {tool.type!r}", instead=instead)])
    return own, others


def measured_tools(raw: bytes, *, at: str = "/tools") -> int:
    """The tokens that tools take at most beside their bytes; those that the provider runs are refused."""
    if raw in {b"", b"null"}:
        return 0
    tools = decoded(_tools, raw, at=at)
    faults = [
        not_covered(f"{at}/{index}/type", f"a tool of type {tool.type!r}", instead="name tools that the caller runs")
        for index, tool in enumerate(tools)
        if not tool.is_run_by_the_caller()
    ]
    if faults:
        raise refused(faults)
    inner = sum(
        measured_tools(bytes(tool.tools), at=f"{at}/{index}/tools")
        for index, tool in enumerate(tools)
        if tool.type == "namespace"
    )
    return inner + TOOL_OVERHEAD * len(tools)


def _named(item: _Item, index: int, at: str) -> Reference | None:
    """An item that stands elsewhere, as one without a type and a role does, or of which the provider keeps a part."""
    is_reference = item.type == "item_reference" or (item.type is None and item.role is None)
    keeps_thoughts = item.type == "reasoning" and is_nothing(item.encrypted_content) and is_nothing(item.content)
    if not is_reference and not keeps_thoughts and item.type != "web_search_call":
        return None
    if item.id is None:
        raise refused([Fault(f"{at}/id" if is_reference else at, "Field required")])
    return Reference(index, item.id, stands_here=not is_reference)


def _check_whole(item: _Item, at: str) -> None:
    """Tools that an item brings along are the caller's, and its calls are the model's own."""
    if item.type in {"tool_search_output", "additional_tools"}:
        measured_tools(bytes(item.tools), at=f"{at}/tools")
    if b'"program"' in bytes(item.caller):
        what = "a call by a program that the provider runs"
        raise refused([not_covered(f"{at}/caller", what, instead="leave the item out")])


def _media_of(raw: bytes, *, at: str) -> list[Media]:
    if raw.startswith(b"{"):
        # the output of a computer's call is one screenshot
        return [_measured(decoded(_one_part, raw, at=at), at=at)]
    if not raw.startswith(b"["):
        return []
    media: list[Media] = []
    parts = decoded(_parts, raw, at=at)
    for index, part in enumerate(parts):
        if part.type is not None and part.type not in _TEXTS | {"input_image", "input_file"}:
            instead = "send text, images, or a PDF as input_file with file_data"
            raise refused([not_covered(f"{at}/{index}/type", f"content of type {part.type!r}", instead=instead)])
    knowns = decoded(_known_parts, raw, at=at)
    for index, known in enumerate(knowns):
        if known.type not in _TEXTS and known.type is not None:
            media.append(_measured(known, at=f"{at}/{index}"))
        elif not all(map(is_nothing, (known.file_id, known.image_url, known.file_url, known.file_data))):
            raise refused([Fault(f"{at}/{index}/type", "a part with a file or an image says so in its type")])
    return media


def _measured(part: _KnownPart, *, at: str) -> Media:
    if not is_nothing(part.file_id):
        what, instead = "a file that the provider keeps", "send the file itself"
        raise refused([not_covered(f"{at}/file_id", what, instead=instead)])
    if part.type in {"input_image", "computer_screenshot"}:
        if not is_image_url(url := bytes(part.image_url)):
            raise refused([Fault(f"{at}/image_url", "a link, or a data URL of an image")])
        return image(at, url)
    if is_nothing(part.file_data) and is_nothing(part.file_url):
        raise refused([Fault(at, "a file stands in file_data, as a data URL of a PDF")])
    written: Any = bytes(part.file_data)
    if part.type == "input_file" and is_pdf_url(written):
        return document(at, written)
    if part.type == "input_file" and is_nothing(part.file_data) and is_link(bytes(part.file_url)):
        return linked_document(at, bytes(part.file_url))
    raise refused([Fault(f"{at}/file_data", "a PDF as a data URL: data:application/pdf;base64,…")])
