"""The tools that a server shows, all pages of them, and whether they are those that were pinned."""

import hashlib
import json
from typing import TYPE_CHECKING, Any

from tool_runtime.tools.programs import json_values
from tool_runtime.tools.programs.mcp_client.faults import McpFailed
from tool_runtime.tools.programs.results import clean, size_of

if TYPE_CHECKING:
    # It needs the library of MCP, which is installed in the sandbox alone.
    from tool_runtime.tools.programs.mcp_client.sieve import ToolSieve

MOST_PAGES = 50
MOST_LISTED = 200
MOST_LEVELS = 50
"""Of lists and objects within each other in what is said of one tool."""
LISTED_BYTES = 192 * 1024
_SHOWN = 5

Listed = list[dict[str, Any]]


async def listed(client: Any, sieve: "ToolSieve") -> Listed:
    """Raises `McpFailed` where there are too many, or two of one name.

    One of which something cannot be stored is left out, and told by the sieve.
    """
    found: dict[str, dict[str, Any]] = {}
    size, cursor = 0, None
    for _ in range(MOST_PAGES):
        page = await client.list_tools(cursor=cursor)
        for tool in page.tools:
            told = _told(tool)
            try:
                json_values.check(told, most_levels=MOST_LEVELS)
            except json_values.Unfit as unfit:
                sieve.leave_out(told["name"], f"what the server says of it cannot be stored: {unfit}")
                continue
            size += size_of(told)
            if told["name"] in found:
                raise McpFailed("listing_invalid", f"the server shows two tools {told['name'][:200]!r}")
            found[told["name"]] = told
        shown = len(found) + len(sieve.left_out)
        if shown > MOST_LISTED or size > LISTED_BYTES:
            detail = f"the server shows {shown} tools in {size} bytes and more; {MOST_LISTED} in {LISTED_BYTES}"
            raise McpFailed("too_much", f"{detail} are read at most")
        cursor = page.next_cursor
        if cursor is None:
            return list(found.values())
    raise McpFailed("too_much", f"the list of the server's tools has more than {MOST_PAGES} pages")


def _told(tool: Any) -> dict[str, Any]:
    """As MCP writes it, its texts as they can be stored; of what else a server adds nothing is read."""
    about = {
        "name": clean(tool.name),
        "title": tool.title and clean(tool.title),
        "description": tool.description and clean(tool.description),
        "inputSchema": tool.input_schema,
        "outputSchema": tool.output_schema,
        "annotations": tool.annotations and tool.annotations.model_dump(mode="json", by_alias=True, exclude_none=True),
    }
    return {name: value for name, value in about.items() if value is not None}


def pin_of(tool: dict[str, Any]) -> str:
    """The same as `foundation.contracts.tools.mcp.listing` has it; a test compares both."""
    return hashlib.sha256(json.dumps(tool, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def check_pins(tools: Listed, pins: dict[str, str]) -> None:
    """Raises `McpFailed` with what is different."""
    now = {tool["name"]: pin_of(tool) for tool in tools}
    if now == pins:
        return
    different = {
        "changed": [name for name in now if name in pins and now[name] != pins[name]],
        "new": [name for name in now if name not in pins],
        "gone": [name for name in pins if name not in now],
    }
    told = "; ".join(f"{what}: {_shown(names)}" for what, names in different.items() if names)
    remedy = "nothing was called; read the server again with mcp.list and register it anew"
    raise McpFailed("tools_changed", f"the server's tools are not those that it was registered with ({told}); {remedy}")


def _shown(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(name[:80] for name in sorted(names)[:_SHOWN]) + more
