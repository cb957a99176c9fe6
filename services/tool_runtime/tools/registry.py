"""The list of tools: a new one is one file and one line here."""

from foundation.domain.errors import NotFound
from tool_runtime.tools.base import SandboxTool
from tool_runtime.tools.code_python import CodePython

_TOOLS: dict[str, SandboxTool] = {tool.spec.name: tool for tool in (CodePython(),)}


def find_tool(name: str) -> SandboxTool:
    """Raises `NotFound` for a name that no tool has."""
    if name not in _TOOLS:
        raise NotFound(f"there is no tool `{name}`; there are: {', '.join(sorted(_TOOLS))}")
    return _TOOLS[name]
