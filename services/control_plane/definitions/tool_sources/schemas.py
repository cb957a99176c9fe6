"""Sources of tools as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from foundation.contracts.accepted.distinct import distinct
from foundation.contracts.tools.tenant.api_tool import ApiTool, Method
from foundation.contracts.tools.tenant.names import tool_name
from foundation.contracts.tools.tenant.openapi import MOST_TOOLS
from foundation.domain.tools import ToolEffect
from foundation.storage.tool_sources import ToolSource

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


class NewToolSource(BaseModel):
    """An OpenAPI document, and what is said besides it: which operations to take, and what repeating one would mean."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    document: dict[str, Any] = Field(description="OpenAPI 3.0 or 3.1")
    server: str | None = Field(default=None, max_length=2048, description="is asked in the place of its servers")
    operations: Annotated[list[OperationName], Field(min_length=1, max_length=MOST_TOOLS), AfterValidator(distinct)] | (
        None
    ) = Field(default=None, description="the names of those to take; all when left out")
    effects: dict[OperationName, Literal[ToolEffect.KEYED, ToolEffect.ONCE]] = Field(
        default_factory=dict,
        max_length=MOST_TOOLS,
        description="by operation; when left out, GET and HEAD are pure and all others once",
    )


class OperationLeftOut(BaseModel):
    """An operation that is no tool."""

    pointer: str = Field(description="its place in the document")
    detail: str


class SourceToolView(BaseModel):
    """One tool of a source; `GET /tools/{name}` has all of it."""

    name: str
    method: Method
    url: str
    description: str
    effect: ToolEffect

    @classmethod
    def of(cls, source: str, tool: ApiTool) -> Self:
        return cls(
            name=tool_name(source, tool.operation),
            method=tool.method,
            url=tool.url,
            description=tool.description,
            effect=tool.effect,
        )


class ToolSourceSummary(BaseModel):
    """A source at one version."""

    name: str
    kind: Literal["openapi"]
    version: int = Field(description="rises with each document")
    sha256: str = Field(description="of the document and what was said besides it, as canonical JSON")
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

    @classmethod
    def whole(cls, source: ToolSource, tools: list[ApiTool]) -> Self:
        shown = [SourceToolView.of(source.name, tool) for tool in tools]
        return cls.model_validate({**_summary(source), "tools": shown, "left_out": source.left_out})


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
