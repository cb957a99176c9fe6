"""`mcp.list`: starts an MCP server once and reads which tools it shows."""

import hashlib
import json
from collections.abc import Container, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from foundation.contracts.tools.arguments import StorableText, ToolArguments
from foundation.contracts.tools.contract import ToolContract
from foundation.contracts.tools.mcp.servers import McpServer
from foundation.domain.tools import CostClass, SandboxProfile, ToolEffect

MOST_LISTED = 200
"""Tools that a server may show."""
MCP_FAILURES = frozenset(
    {
        *("timed_out", "server_ended", "garbage", "too_much", "refused", "listing_invalid", "input_required"),
        *("not_started", "package_missing", "package_invalid", "script_missing", "egress_denied"),
        *("connection_failed", "certificate", "redirected", "no_mcp_server", "not_authorized"),
    }
)
"""Why a server gives no answer."""
TOLD_NAME = "mcp.json"
"""The file below `/work/in` by which the program is told what to do."""


class McpListArguments(ToolArguments):
    """The server whose tools are read. Files that are staged for the call are its packages."""

    server: McpServer

    @classmethod
    def names_taken(cls, given: Container[str]) -> Iterator[str]:  # noqa: ARG003 - whatever the arguments are
        yield TOLD_NAME

    @classmethod
    def addresses(cls, given: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
        server = given.get("server")
        yield ("server", "url"), server.get("url") if isinstance(server, Mapping) else None


class ListedTool(BaseModel):
    """A tool in the server's own words, none of which is believed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: str | None = None
    description: str | None = None
    inputSchema: dict[str, Any]  # noqa: N815 - as MCP writes it
    outputSchema: dict[str, Any] | None = None  # noqa: N815
    annotations: dict[str, Any] | None = None

    def pin(self) -> str:
        """SHA-256 (hex) of what the server says of it; any other word of it is another tool."""
        return pin_of({name: value for name, value in self if value is not None})


def pin_of(tool: Mapping[str, Any]) -> str:
    """Of a tool as MCP writes it, members that are null left out. The program in the sandbox has the same rule."""
    return hashlib.sha256(json.dumps(tool, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


class McpFailure(BaseModel):
    """Why there is no answer."""

    model_config = ConfigDict(extra="forbid")

    code: str
    detail: str


class LeftOutTool(BaseModel):
    """What a server shows as a tool and is none, by the name that it says, and why."""

    model_config = ConfigDict(extra="forbid")

    name: StorableText
    reason: StorableText


class McpListing(BaseModel):
    """What a server shows; or `error`."""

    model_config = ConfigDict(extra="forbid")

    server: dict[str, StorableText] | None = Field(default=None, description="its name and version, as it says")
    protocol: StorableText | None = Field(default=None, description="the revision of MCP that was spoken")
    tools: list[ListedTool] | None = Field(default=None, max_length=MOST_LISTED)
    left_out: list[LeftOutTool] | None = Field(
        default=None, max_length=MOST_LISTED, description="what it shows as tools besides, and why they are none"
    )
    refused: dict[str, int] | None = Field(
        default=None, description="requests of the server to its client, by method, none of which is granted"
    )
    error: McpFailure | None = None


def starts_twice(_: Mapping[str, Any], reaches: bool) -> ToolEffect:  # noqa: FBT001 - as every judge of effects
    """Nobody can tell what a server does out there when it starts."""
    return ToolEffect.ONCE if reaches else ToolEffect.PURE


MCP_LIST = ToolContract(
    name="mcp.list",
    effect=ToolEffect.PURE,
    cost=CostClass.COMPUTE,
    profile=SandboxProfile.NODE,
    description=(
        "Starts an MCP server in the sandbox from its staged packages, or asks one on the web that the task's egress "
        "names, and gives the tools that it shows; calls none of them. PUT /api/v1/tool-sources/{name} makes tools of "
        "what a step has read so."
    ),
    arguments=McpListArguments,
    result=McpListing,
    own_failures=MCP_FAILURES,
    judge=starts_twice,
)
