"""Sources of tools as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.accepted.distinct import distinct
from foundation.contracts.steps.base import StepName
from foundation.contracts.tools.mcp.servers import McpServer
from foundation.contracts.tools.tenant.api_tool import Method
from foundation.contracts.tools.tenant.contracts import contract_of
from foundation.contracts.tools.tenant.mcp_tool import Package, ReadBy
from foundation.contracts.tools.tenant.openapi import MOST_TOOLS
from foundation.domain.errors import Fault
from foundation.domain.ids import RunId
from foundation.domain.tools import ToolEffect, ToolSourceKind
from foundation.domain.words.quoting import quoted
from foundation.storage.tool_sources import StoredTool, ToolSource

OperationName = Annotated[str, Field(min_length=1, max_length=100)]

EXAMPLE: dict[str, Any] = {
    "document": {
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": "1"},
        "servers": [{"url": "https://pets.example.com/v1"}],
        "paths": {
            "/pets/{id}": {
                "get": {
                    "operationId": "getPet",
                    "summary": "One pet",
                    "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}],
                }
            }
        },
    }
}
MCP_EXAMPLE: dict[str, Any] = {
    "kind": "mcp",
    "read_by": {"run_id": "01890a5d-ac96-774b-bcce-b302099a8057", "step": "read"},
    "effects": {"get_current_time": "pure"},
}


class ReadByStep(BaseModel):
    """A step that has called `mcp.list` and ended well; its arguments in its task's definition say of which server."""

    model_config = ConfigDict(extra="forbid")

    run_id: RunId
    step: StepName


class NewToolSource(BaseModel):
    """An OpenAPI document, or the step that has read an MCP server, and what is said besides it.

    That is which operations, or tools of the server, to take, and what repeating a call of one would mean.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE, MCP_EXAMPLE]})

    kind: ToolSourceKind = ToolSourceKind.OPENAPI
    document: dict[str, Any] | None = Field(default=None, description="openapi: of version 3.0 or 3.1")
    server: str | None = Field(
        default=None, max_length=2048, description="openapi: is asked in the place of the document's servers"
    )
    read_by: ReadByStep | None = Field(default=None, description="mcp: who has read the server's tools")
    operations: Annotated[list[OperationName], Field(min_length=1, max_length=MOST_TOOLS), AfterValidator(distinct)] | (
        None
    ) = Field(default=None, description="the names of those to take; all when left out")
    effects: dict[OperationName, ToolEffect] = Field(
        default_factory=dict,
        max_length=MOST_TOOLS,
        description="by operation, keyed or once: when left out, GET and HEAD are pure and all others once;"
        " of a server's tools, pure or once: when left out, once, whatever the server says of itself",
    )

    def faults(self) -> list[Fault]:
        """What the kind of the source needs and what it does not take, with the places in the body."""
        is_openapi = self.kind is ToolSourceKind.OPENAPI
        needed, foreign = (("document",), ("read_by",)) if is_openapi else (("read_by",), ("document", "server"))
        found = [
            Fault(f"/body/{name}", f"a source of the kind {self.kind} {words} {quoted(name)}")
            for names, is_wrong, words in ((needed, True, "needs"), (foreign, False, "takes no"))
            for name in names
            if (getattr(self, name) is None) is is_wrong
        ]
        # The method of an operation says whether it is pure; a server of MCP knows no key.
        never = ToolEffect.PURE if is_openapi else ToolEffect.KEYED
        wrong = [name for name, effect in self.effects.items() if effect is never]
        detail = f"nothing is said to be {never} in a source of the kind {self.kind}"
        return found + [Fault(f"/body{pointer_of(('effects', name))}", detail) for name in wrong]


class OperationLeftOut(BaseModel):
    """An operation, or a tool of a server, that is no tool here."""

    pointer: str = Field(description="its place in the document, or in the list that the server gave")
    detail: str


class SourceToolView(BaseModel):
    """One tool of a source; `GET /tools/{name}` has all of it."""

    name: str
    method: Method | None = Field(description="of an HTTP API")
    url: str | None = Field(description="of an HTTP API")
    told: str | None = Field(description="the name that an MCP server knows it by")
    description: str
    effect: ToolEffect

    @classmethod
    def of(cls, stored: StoredTool) -> Self:
        tool = contract_of(stored.source, stored.server, stored.definition)
        told = {name: stored.definition.get(name) for name in ("method", "url", "told")}
        return cls.model_validate({"name": tool.name, "description": tool.description, "effect": tool.effect, **told})


class McpServerView(BaseModel):
    """The server that a source's tools are of."""

    server: McpServer
    files: list[Package] = Field(description="the packages that are staged for it")
    read_by: ReadBy = Field(description="the step that has read its tools")


class ToolSourceSummary(BaseModel):
    """A source at one version."""

    name: str
    kind: ToolSourceKind
    version: int = Field(description="rises with each document")
    sha256: str = Field(description="of what the tools were made of, as canonical JSON")
    tool_count: int
    created_at: datetime
    updated_at: datetime = Field(description="when this version was made")
    updated_by: UUID | None = Field(description="the user who made this version")

    @classmethod
    def of(cls, source: ToolSource) -> Self:
        return cls.model_validate(_summary(source))


class ToolSourceView(ToolSourceSummary):
    """A source at one version, with its tools and with the operations that are none."""

    tools: list[SourceToolView]
    left_out: list[OperationLeftOut]
    mcp: McpServerView | None = Field(description="of an MCP server")

    @classmethod
    def whole(cls, source: ToolSource, tools: list[StoredTool]) -> Self:
        shown = [SourceToolView.of(tool) for tool in tools]
        server = None
        if source.server is not None:
            server = McpServerView.model_validate({name: source.server[name] for name in McpServerView.model_fields})
        given = {**_summary(source), "tools": shown, "left_out": source.left_out, "mcp": server}
        return cls.model_validate(given)


def _summary(source: ToolSource) -> dict[str, Any]:
    return {
        "name": source.name,
        "kind": source.kind,
        "version": source.version,
        "sha256": source.digest.hex(),
        "tool_count": source.tools,
        "created_at": source.created_at,
        "updated_at": source.updated_at,
        "updated_by": source.updated_by,
    }
