"""Leaves the tools out of a server's list that are none, so that one of them does not take the others with it."""

from typing import Any

from mcp_types import methods
from pydantic import ValidationError

from tool_runtime.tools.programs.results import clean

LIST = "tools/list"
_SHOWN_NAME, _SHOWN_REASON = 90, 300


class ToolSieve:
    """Judges each tool by the revision of MCP that is spoken; `left_out` has the others as `{name, reason}`."""

    def __init__(self, revision: str) -> None:
        self._revision = revision
        self.left_out: list[dict[str, str]] = []

    def sift(self, message: Any) -> None:
        """Takes out of an answer with a list of tools what is none. One that is no such list stays as it is."""
        result = getattr(message, "result", None)
        if not isinstance(result, dict):
            return
        shown = result.get("tools")
        if not isinstance(shown, list) or self._fault(result, []) is not None:
            return
        faults = [self._fault(result, [tool]) for tool in shown]
        for at, (tool, fault) in enumerate(zip(shown, faults, strict=True)):
            if fault is not None:
                name = tool.get("name") if isinstance(tool, dict) else None
                self.leave_out(name if isinstance(name, str) else f"the tool at {at}", fault)
        shown[:] = [tool for tool, fault in zip(shown, faults, strict=True) if fault is None]

    def leave_out(self, name: str, reason: str) -> None:
        self.left_out.append({"name": clean(name[:_SHOWN_NAME]), "reason": clean(reason[:_SHOWN_REASON])})

    def _fault(self, result: dict[str, Any], tools: list[Any]) -> str | None:
        try:
            methods.parse_server_result(LIST, self._revision, {**result, "tools": tools})
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            # Below `tools` and the place of the one that is judged.
            place = "/".join(str(part) for part in first["loc"] if part not in {"tools", 0})
            return f"it is no tool as MCP has one: {place or 'it'}: {first['msg']}"
        except (ValueError, KeyError, RecursionError) as error:
            return f"it cannot be read: {type(error).__name__}"
        return None
