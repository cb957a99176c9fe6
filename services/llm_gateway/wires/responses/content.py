"""The items and tools of OpenAI's Responses, as far as their price is known."""

import msgspec

from foundation.domain.errors import Fault
from llm_gateway.exchange.media import Media
from llm_gateway.exchange.request import Reference
from llm_gateway.wires.allow_lists import (
    ONLY_CALLERS_TOOLS,
    Listed,
    decode_listed,
    is_nothing,
    not_covered,
    refused,
    unlisted_types,
)
from llm_gateway.wires.overheads import MESSAGE_OVERHEAD, TOOL_OVERHEAD
from llm_gateway.wires.responses.parts import has_thoughts, media_of

_REFERENCE = "item_reference"
_ITEMS: dict[str, tuple[str, ...]] = {
    "message": ("content",),
    "reasoning": (),
    _REFERENCE: (),
    "function_call": ("arguments",),
    "function_call_output": ("output",),
    "custom_tool_call": ("input",),
    "custom_tool_call_output": ("output",),
    "local_shell_call": ("action",),
    "local_shell_call_output": ("output",),
    "shell_call": ("action",),
    "shell_call_output": ("output",),
    "apply_patch_call": ("operation",),
    "apply_patch_call_output": ("status", "output"),
    "computer_call": ("action", "actions"),
    "computer_call_output": ("output",),
    "tool_search_call": ("arguments",),
    "tool_search_output": ("tools",),
    "additional_tools": ("tools",),
    "web_search_call": (),
}
"""The members in which each type of item has its content; a type without one has the rest of it at the provider."""
_ONLY_KNOWN_ITEMS = "send messages, reasoning, and calls of tools that the caller runs"
SEARCHES = frozenset({"web_search", "web_search_2025_08_26", "web_search_preview", "web_search_preview_2025_03_11"})
_PROVIDERS_TOOLS = SEARCHES | {
    "file_search",
    "code_interpreter",
    "image_generation",
    "mcp",
    "shell",
    "tool_search",
    "programmatic_tool_calling",
}
"""The tools that the provider runs, where their caller does not say that he does."""
_CALLERS_TOOLS = frozenset({"function", "custom", "apply_patch", "local_shell", "computer_use_preview", "computer"})


class _AnyItem(msgspec.Struct):
    """Items of other types have members of their own; their type is what they are refused for."""

    type: str | None = None


class _Item(Listed):
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
_tools = msgspec.json.Decoder(list[_Tool])
_raws = msgspec.json.Decoder(list[msgspec.Raw])


class Measured(msgspec.Struct, frozen=True):
    """`text_tokens` is the most that everything but the media and the references takes."""

    text_tokens: int
    media: tuple[Media, ...] = ()
    references: tuple[Reference, ...] = ()


def measure_input(raw: bytes) -> Measured:
    if raw.startswith(b'"'):
        return Measured(len(raw) + MESSAGE_OVERHEAD)
    media: list[Media] = []
    references: list[Reference] = []
    any_items = decode_listed(_any_items, raw, at="/input")
    types = ("message" if item.type is None else item.type for item in any_items)
    for fault in unlisted_types(types, _ITEMS, at="/input", what="an item", instead=_ONLY_KNOWN_ITEMS):
        raise refused([fault])
    items = decode_listed(_items, raw, at="/input")
    for index, item in enumerate(items):
        at = f"/input/{index}"
        if (named := _named(item, index, at)) is not None:
            references.append(named)
        media += media_of(bytes(item.content), at=f"{at}/content")
        media += media_of(bytes(item.output), at=f"{at}/output")
        _check_whole(item, at)
    written = sum(one.written for one in media)
    return Measured(len(raw) - written + MESSAGE_OVERHEAD * len(items), tuple(media), tuple(references))


def divide_tools(raw: bytes) -> tuple[list[msgspec.Raw], list[tuple[str, msgspec.Raw]]]:
    """The tools that the caller runs, and those that the provider would run, with their types: these are billed apart.

    A tool of a type that nobody knows is refused: whether it can be left out is not known either.
    """
    if raw in {b"", b"null"}:
        return [], []
    tools, own, others = decode_listed(_tools, raw, at="/tools"), [], []
    for index, (tool, written) in enumerate(zip(tools, _raws.decode(raw), strict=True)):
        if tool.is_run_by_the_caller():
            own.append(written)
        elif tool.type in _PROVIDERS_TOOLS:
            others.append((tool.type, written))
        else:
            instead = ONLY_CALLERS_TOOLS
            raise refused([not_covered(f"/tools/{index}/type", f"a tool of type {tool.type!r}", instead=instead)])
    return own, others


def measure_tools(raw: bytes, *, at: str = "/tools") -> int:
    """The tokens that tools take at most beside their bytes; those that the provider runs are refused."""
    if raw in {b"", b"null"}:
        return 0
    tools = decode_listed(_tools, raw, at=at)
    faults = [
        not_covered(f"{at}/{index}/type", f"a tool of type {tool.type!r}", instead=ONLY_CALLERS_TOOLS)
        for index, tool in enumerate(tools)
        if not tool.is_run_by_the_caller()
    ]
    if faults:
        raise refused(faults)
    inner = sum(
        measure_tools(bytes(tool.tools), at=f"{at}/{index}/tools")
        for index, tool in enumerate(tools)
        if tool.type == "namespace"
    )
    return inner + TOOL_OVERHEAD * len(tools)


def _named(item: _Item, index: int, at: str) -> Reference | None:
    """An item that stands elsewhere, as one without a type and a role does, or of which the provider keeps a part."""
    kind = item.type or (_REFERENCE if item.role is None else "message")
    if kind == "reasoning" and has_thoughts(bytes(item.encrypted_content), bytes(item.content), at=at):
        return None if item.id is None else Reference(index, item.id, stands_here=True, is_whole=True)
    if says := _ITEMS[kind]:
        if all(is_nothing(getattr(item, name)) for name in says):
            raise refused([Fault(f"{at}/{says[0]}", "Field required")])
        return None
    if item.id is None:
        raise refused([Fault(f"{at}/id" if kind == _REFERENCE else at, "Field required")])
    return Reference(index, item.id, stands_here=kind != _REFERENCE)


def _check_whole(item: _Item, at: str) -> None:
    """Tools that an item brings along are the caller's, and its calls are the model's own."""
    if item.type in {"tool_search_output", "additional_tools"}:
        measure_tools(bytes(item.tools), at=f"{at}/tools")
    if b'"program"' in bytes(item.caller):
        what = "a call by a program that the provider runs"
        raise refused([not_covered(f"{at}/caller", what, instead="leave the item out")])
