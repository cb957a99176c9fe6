"""Reads what an MCP server shows as tools. Whoever wrote the server is not trusted, and it may lie as it can.

Two tools that could be taken for each other make the whole listing ambiguous, and refuse it with the place. A tool
whose arguments cannot be checked is left out, with its place and the reason. What a server says of its tools' effects
(`annotations`) decides nothing: the tenant says what may be repeated.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.accepted.sentences import first_of
from foundation.contracts.accepted.shown_text import without_hidden
from foundation.contracts.forms import form_faults
from foundation.contracts.tools.mcp.listing import ListedTool
from foundation.contracts.tools.tenant.api_tool import MAX_TOOL_BYTES
from foundation.contracts.tools.tenant.mcp_schemas import McpForms
from foundation.contracts.tools.tenant.mcp_tool import OURS, McpTool
from foundation.contracts.tools.tenant.names import fits, look, meant_by, operation_name
from foundation.contracts.tools.tenant.openapi import MOST_TOOLS
from foundation.contracts.tools.tenant.operations import MAX_DESCRIPTION
from foundation.contracts.tools.tenant.references import DocumentFault
from foundation.domain.errors import Fault
from foundation.domain.tools import ToolEffect
from foundation.domain.words.quoting import quoted


@dataclass(frozen=True, slots=True)
class ToolWishes:
    """What whoever registers a server says besides it, by the names of the tools or by the server's own."""

    tools: Collection[str] | None = None
    """Those to take; None for all."""
    effects: Mapping[str, ToolEffect] = field(default_factory=dict)

    def by_name(self) -> "ToolWishes":
        tools = None if self.tools is None else [operation_name(one) for one in self.tools]
        return ToolWishes(tools, {operation_name(one): effect for one, effect in self.effects.items()})


@dataclass(frozen=True, slots=True)
class ReadListing:
    """The tools, by name; what was left out; and the faults, with one of which there are no tools."""

    tools: list[McpTool] = field(default_factory=list)
    left_out: list[Fault] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_listing(source: str, listed: Sequence[ListedTool], wishes: ToolWishes) -> ReadListing:
    """The places of faults are below the list of tools, those of wishes begin with `/..`, the member beside it."""
    wishes = wishes.by_name()
    try:
        names = _names(listed)
    except DocumentFault as fault:
        return ReadListing(faults=[Fault(fault.pointer, fault.reason)])
    if faults := _unknown(set(names), wishes):
        return ReadListing(faults=faults)
    wanted = [(at, name) for at, name in enumerate(names) if wishes.tools is None or name in wishes.tools]
    if len(wanted) > MOST_TOOLS:
        reason = f"the server shows {len(wanted)} tools; name at most {MOST_TOOLS} of them in `operations`"
        return ReadListing(faults=[Fault("/../operations", reason)])
    tools, left_out = [], []
    for at, name in wanted:
        try:
            tools.append(_tool(source, name, listed[at], (at,), wishes.effects.get(name)))
        except DocumentFault as fault:
            left_out.append(Fault(fault.pointer, fault.reason))
    if not tools:
        first = f"; {left_out[0].pointer}: {left_out[0].detail}" if left_out else ""
        return ReadListing(faults=[Fault("", f"the server shows nothing that can be a tool{first}")])
    return ReadListing(sorted(tools, key=lambda tool: tool.operation), left_out)


def _names(listed: Sequence[ListedTool]) -> list[str]:
    """The name of each; `DocumentFault` where two could be taken for each other."""
    found: dict[str, int] = {}
    names = []
    for at, tool in enumerate(listed):
        name = operation_name(tool.name) if tool.name.isascii() else ""
        if not name[:1].isalpha():
            detail = "a tool's name begins with a letter and has ASCII letters, digits and signs"
            raise DocumentFault((at, "name"), detail)
        other = found.setdefault(look(name), at)
        if other != at:
            one, like = quoted(tool.name[:90]), quoted(listed[other].name[:90])
            detail = f"{one} looks like {like}; one could be taken for the other"
            raise DocumentFault((at, "name"), detail)
        names.append(name)
    return names


def _unknown(names: Collection[str], wishes: ToolWishes) -> list[Fault]:
    faults = [
        Fault(pointer_of(("..", "operations", at)), f"the server shows no tool {quoted(name)}; {meant_by(name, names)}")
        for at, name in enumerate(wishes.tools or ())
        if name not in names
    ]
    return faults + [
        Fault(pointer_of(("..", "effects", name)), f"the server shows no tool {quoted(name)}; {meant_by(name, names)}")
        for name in wishes.effects
        if name not in names
    ]


def _tool(source: str, name: str, listed: ListedTool, at: tuple[str | int, ...], effect: ToolEffect | None) -> McpTool:
    """Raises `DocumentFault`."""
    if not fits(source, name):
        raise DocumentFault((*at, "name"), f"the name mcp_{source}_{name[:90]} is longer than 64 characters")
    made = McpTool.model_validate(
        {
            "operation": name,
            "told": listed.name,
            "description": _description(source, listed),
            "schema": _form(listed.inputSchema, (*at, "inputSchema")),
            "effect": effect or ToolEffect.ONCE,
        }
    )
    if (size := len(made.model_dump_json())) > MAX_TOOL_BYTES:
        raise DocumentFault(at, f"its schema and description have {size} bytes; at most {MAX_TOOL_BYTES} are taken")
    return made


def _description(source: str, listed: ListedTool) -> str:
    texts = [text for text in (listed.title, listed.description) if text and text.strip()]
    told = " ".join(map(without_hidden, texts))
    return f"{without_hidden(listed.name)} of the MCP server {source}. {told}"[:MAX_DESCRIPTION].strip()


def _form(schema: Mapping[str, Any], at: tuple[str | int, ...]) -> dict[str, Any]:
    form = McpForms(schema).root(at)
    named = form.get("properties", {})
    if taken := sorted(OURS & named.keys()) if isinstance(named, dict) else []:
        reason = f"{quoted(taken[0])} is an argument of the platform's own, and cannot be one of the tool"
        raise DocumentFault((*at, "properties", taken[0]), reason)
    if faults := form_faults(form):
        raise DocumentFault(at, f"its arguments cannot be checked: {first_of(faults, most=3)}")
    return form
