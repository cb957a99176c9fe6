"""The tools that the sandbox can run: a new one is a file here and a member of `SANDBOX_TOOLS`."""

from foundation.domain.errors import NotFound
from tool_runtime.tools.base import SandboxTool
from tool_runtime.tools.browser import BrowserTool
from tool_runtime.tools.code_agent import CodeAgent
from tool_runtime.tools.code_node import CodeNode
from tool_runtime.tools.code_python import CodePython
from tool_runtime.tools.files import FilesTool
from tool_runtime.tools.git import GitTool
from tool_runtime.tools.http import HttpTool
from tool_runtime.tools.mcp import McpCallTool, McpListTool
from tool_runtime.tools.search import SearchTool

SANDBOX_TOOLS: dict[str, SandboxTool] = {
    tool.spec.name: tool
    for tool in (
        *(BrowserTool(), CodeAgent(), CodeNode(), CodePython(), FilesTool(), GitTool(), HttpTool()),
        *(McpCallTool(), McpListTool(), SearchTool()),
    )
}


def find_tool(name: str) -> SandboxTool:
    """Raises `NotFound` for a name that no tool has."""
    if name not in SANDBOX_TOOLS:
        raise NotFound(f"there is no tool `{name}`; there are: {', '.join(sorted(SANDBOX_TOOLS))}")
    return SANDBOX_TOOLS[name]
