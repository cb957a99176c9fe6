from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.mcp_server import McpServer
    from ..models.package import Package
    from ..models.read_by import ReadBy


T = TypeVar("T", bound="McpServerView")


@_attrs_define
class McpServerView:
    """The server that a source's tools are of.

    Attributes:
        server (McpServer): A package of PyPI or npm, staged as files, for none of which anything is fetched; or an
            address on the web.
        files (list[Package]): the packages that are staged for it
        read_by (ReadBy): The step that has read the server's tools.
    """

    server: McpServer
    files: list[Package]
    read_by: ReadBy
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        server = self.server.to_dict()

        files = []
        for files_item_data in self.files:
            files_item = files_item_data.to_dict()
            files.append(files_item)

        read_by = self.read_by.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "server": server,
                "files": files,
                "read_by": read_by,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.mcp_server import McpServer  # noqa: PLC0415
        from ..models.package import Package  # noqa: PLC0415
        from ..models.read_by import ReadBy  # noqa: PLC0415

        d = dict(src_dict)
        server = McpServer.from_dict(d.pop("server"))

        files = []
        _files = d.pop("files")
        for files_item_data in _files:
            files_item = Package.from_dict(files_item_data)

            files.append(files_item)

        read_by = ReadBy.from_dict(d.pop("read_by"))

        mcp_server_view = cls(
            server=server,
            files=files,
            read_by=read_by,
        )

        mcp_server_view.additional_properties = d
        return mcp_server_view

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
