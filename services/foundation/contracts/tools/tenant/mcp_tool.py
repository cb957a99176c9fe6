"""One tool of an MCP server as a tenant's tool: what is stored of it, its contract, and the job that a call becomes."""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from pydantic import ConfigDict, Field

from foundation.contracts.forms import data_faults
from foundation.contracts.message import Message
from foundation.contracts.tools.arguments import ToolArguments
from foundation.contracts.tools.contract import ToolContract
from foundation.contracts.tools.mcp.calling import MCP_CALL, McpResult
from foundation.contracts.tools.mcp.listing import MOST_LISTED, TOLD_NAME
from foundation.contracts.tools.mcp.servers import McpServer
from foundation.contracts.tools.tenant.api_tool import holds_expressions, part_at
from foundation.contracts.tools.tenant.names import MCP, tool_name
from foundation.domain.errors import Fault
from foundation.domain.ids import RunId
from foundation.domain.tools import ToolEffect

OURS = frozenset({"timeout_seconds", "files"})
"""Members of a call's arguments that are the platform's; a tool that has one of these names itself is left out."""


class Package(Message):
    """A file of the server's, and the name that it is staged under."""

    artifact: str
    name: str


class ReadBy(Message):
    """The step that has read the server's tools."""

    run_id: RunId
    step: str


class McpSource(Message):
    """What the tools of one server have in common: the server, its packages, and the digests of all that it showed."""

    server: McpServer
    files: list[Package] = Field(default=[], max_length=100)
    pins: dict[str, str] = Field(max_length=MOST_LISTED)
    read_by: ReadBy

    def file_names(self) -> list[str]:
        return [file.name for file in self.files]


class McpTool(Message):
    """A tool as it was read. `told` is the server's own name for it, `schema_` a form of the arguments."""

    kind: Literal["mcp"] = "mcp"
    operation: str
    told: str = Field(max_length=200)
    description: str = Field(max_length=4096)
    schema_: dict[str, Any] = Field(alias="schema")
    effect: ToolEffect


class McpArguments(ToolArguments):
    """The platform's own members; all others are the tool's, which its form says."""

    model_config = ConfigDict(extra="allow")

    @classmethod
    def names_taken(cls, given: Container[str]) -> Iterator[str]:  # noqa: ARG003 - whatever the arguments are
        yield TOLD_NAME


@dataclass(frozen=True)
class McpContract(ToolContract):
    """The contract of a tenant's tool; its calls run as calls of `mcp.call`, with the server's packages staged."""

    tool: McpTool = field(kw_only=True)
    source: McpSource = field(kw_only=True)

    @property
    def host(self) -> str | None:
        """The host that the task's egress has to name; None for a server that runs in the job."""
        return self.source.server.host

    @cached_property
    def parameters(self) -> dict[str, Any]:
        own = ToolArguments.model_json_schema()["properties"]["timeout_seconds"]
        seconds = {name: value for name, value in own.items() if name != "title"}
        told = self.tool.schema_.get("properties", {})
        return {**self.tool.schema_, "properties": {**told, "timeout_seconds": seconds}}

    def faults(self, arguments: Any, *, expressions: bool = False) -> list[Fault]:
        """As of any tool; with `expressions`, a part that has one in it is not judged but for its place."""
        if faults := super().faults(arguments, expressions=expressions):
            return faults
        own = own_arguments(arguments)
        found = data_faults(self.tool.schema_, own)
        return [one for one in found if not (expressions and holds_expressions(part_at(own, one.pointer)))]

    def request(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments of `mcp.call` for a call whose arguments are as they have to be."""
        given = McpArguments.model_validate(arguments)
        return {
            "server": self.source.server.model_dump(mode="json"),
            "tool": self.tool.told,
            "arguments": own_arguments(arguments),
            "pins": self.source.pins,
            "timeout_seconds": given.timeout_seconds,
        }


def own_arguments(arguments: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if name not in OURS}


def contract_of(source: str, shared: McpSource, tool: McpTool) -> McpContract:
    return McpContract(
        name=tool_name(source, tool.operation, of=MCP),
        effect=tool.effect,
        cost=MCP_CALL.cost,
        profile=MCP_CALL.profile,
        description=tool.description,
        arguments=McpArguments,
        result=McpResult,
        own_failures=MCP_CALL.own_failures,
        needs_egress=shared.server.host is not None,
        tool=tool,
        source=shared,
    )
