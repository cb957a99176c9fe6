from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.tool_source_kind import ToolSourceKind

if TYPE_CHECKING:
    from ..models.mcp_server_view import McpServerView
    from ..models.operation_left_out import OperationLeftOut
    from ..models.source_tool_view import SourceToolView


T = TypeVar("T", bound="ToolSourceView")


@_attrs_define
class ToolSourceView:
    """A source at one version, with its tools and with the operations that are none.

    Attributes:
        name (str):
        kind (ToolSourceKind): What a tenant's own tools are made of: the document of an HTTP API, or what an MCP server
            shows.
        version (int): rises with each document
        sha256 (str): of what the tools were made of, as canonical JSON
        tool_count (int):
        created_at (datetime.datetime):
        updated_at (datetime.datetime): when this version was made
        updated_by (None | UUID): the user who made this version
        tools (list[SourceToolView]):
        left_out (list[OperationLeftOut]):
        mcp (McpServerView | None): of an MCP server
    """

    name: str
    kind: ToolSourceKind
    version: int
    sha256: str
    tool_count: int
    created_at: datetime.datetime
    updated_at: datetime.datetime
    updated_by: None | UUID
    tools: list[SourceToolView]
    left_out: list[OperationLeftOut]
    mcp: McpServerView | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.mcp_server_view import McpServerView  # noqa: PLC0415

        name = self.name

        kind = self.kind.value

        version = self.version

        sha256 = self.sha256

        tool_count = self.tool_count

        created_at = self.created_at.isoformat()

        updated_at = self.updated_at.isoformat()

        updated_by: None | str
        if isinstance(self.updated_by, UUID):
            updated_by = str(self.updated_by)
        else:
            updated_by = self.updated_by

        tools = []
        for tools_item_data in self.tools:
            tools_item = tools_item_data.to_dict()
            tools.append(tools_item)

        left_out = []
        for left_out_item_data in self.left_out:
            left_out_item = left_out_item_data.to_dict()
            left_out.append(left_out_item)

        mcp: dict[str, Any] | None
        if isinstance(self.mcp, McpServerView):
            mcp = self.mcp.to_dict()
        else:
            mcp = self.mcp

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "kind": kind,
                "version": version,
                "sha256": sha256,
                "tool_count": tool_count,
                "created_at": created_at,
                "updated_at": updated_at,
                "updated_by": updated_by,
                "tools": tools,
                "left_out": left_out,
                "mcp": mcp,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.mcp_server_view import McpServerView  # noqa: PLC0415
        from ..models.operation_left_out import OperationLeftOut  # noqa: PLC0415
        from ..models.source_tool_view import SourceToolView  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        kind = ToolSourceKind(d.pop("kind"))

        version = d.pop("version")

        sha256 = d.pop("sha256")

        tool_count = d.pop("tool_count")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        def _parse_updated_by(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                updated_by_type_0 = UUID(data)

                return updated_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        updated_by = _parse_updated_by(d.pop("updated_by"))

        tools = []
        _tools = d.pop("tools")
        for tools_item_data in _tools:
            tools_item = SourceToolView.from_dict(tools_item_data)

            tools.append(tools_item)

        left_out = []
        _left_out = d.pop("left_out")
        for left_out_item_data in _left_out:
            left_out_item = OperationLeftOut.from_dict(left_out_item_data)

            left_out.append(left_out_item)

        def _parse_mcp(data: object) -> McpServerView | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                mcp_type_0 = McpServerView.from_dict(data)

                return mcp_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(McpServerView | None, data)

        mcp = _parse_mcp(d.pop("mcp"))

        tool_source_view = cls(
            name=name,
            kind=kind,
            version=version,
            sha256=sha256,
            tool_count=tool_count,
            created_at=created_at,
            updated_at=updated_at,
            updated_by=updated_by,
            tools=tools,
            left_out=left_out,
            mcp=mcp,
        )

        tool_source_view.additional_properties = d
        return tool_source_view

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
