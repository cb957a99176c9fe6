"""What the runtime is asked for a call of a tool of an MCP server.

No definition names this tool of the runtime: it names `mcp.<source>.<tool>`, and the worker makes the request of it.
"""

from collections.abc import Container, Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from foundation.contracts.accepted.digests import Sha256
from foundation.contracts.tools.arguments import Json, StorableText, ToolArguments
from foundation.contracts.tools.contract import ToolContract
from foundation.contracts.tools.mcp.listing import MCP_FAILURES, MOST_LISTED, TOLD_NAME, McpFailure
from foundation.contracts.tools.mcp.servers import McpServer
from foundation.domain.tools import CostClass, SandboxProfile, ToolEffect

MCP_CALL_NAME = "mcp.call"
Pin = Sha256


class McpCallArguments(ToolArguments):
    """`pins` are the digests of all tools that the server showed when it was registered, by their names."""

    server: McpServer
    tool: StorableText = Field(max_length=200)
    arguments: Json = Field(default_factory=dict)
    pins: dict[StorableText, Pin] = Field(max_length=MOST_LISTED)

    @classmethod
    def names_taken(cls, given: Container[str]) -> Iterator[str]:  # noqa: ARG003 - whatever the arguments are
        yield TOLD_NAME


class McpResult(BaseModel):
    """A server's answer, or `error`. A part of `content` that is no short text is a file of the call."""

    model_config = ConfigDict(extra="forbid")

    content: list[dict[str, Any]] | None = Field(
        default=None,
        description="parts {type, text} or {type, file, mime_type}; of resources also {uri}",
    )
    structured: Any = Field(default=None, description="the answer as data, where the server gives some")
    refused: dict[str, int] | None = Field(
        default=None, description="requests of the server to its client, by method, none of which is granted"
    )
    error: McpFailure | None = Field(default=None, description="tool_error, where the tool itself says that it failed")


MCP_CALL = ToolContract(
    name=MCP_CALL_NAME,
    effect=ToolEffect.ONCE,
    cost=CostClass.COMPUTE,
    profile=SandboxProfile.NODE,
    description="Calls one tool of an MCP server, if the server still shows the tools that were pinned.",
    arguments=McpCallArguments,
    result=McpResult,
    own_failures=MCP_FAILURES | {"tool_error", "tools_changed", "answer_invalid"},
)
