from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.tool_source_kind import ToolSourceKind
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.new_tool_source_document_type_0 import NewToolSourceDocumentType0
    from ..models.new_tool_source_effects import NewToolSourceEffects
    from ..models.read_by_step import ReadByStep


T = TypeVar("T", bound="NewToolSource")


@_attrs_define
class NewToolSource:
    """An OpenAPI document, or the step that has read an MCP server, and what is said besides it.

    That is which operations, or tools of the server, to take, and what repeating a call of one would mean.

        Attributes:
            kind (ToolSourceKind | Unset): What a tenant's own tools are made of: the document of an HTTP API, or what an
                MCP server shows.
            document (NewToolSourceDocumentType0 | None | Unset): openapi: of version 3.0 or 3.1
            server (None | str | Unset): openapi: is asked in the place of the document's servers
            read_by (None | ReadByStep | Unset): mcp: who has read the server's tools
            operations (list[str] | None | Unset): the names of those to take; all when left out
            effects (NewToolSourceEffects | Unset): by operation, keyed or once: when left out, GET and HEAD are pure and
                all others once; of a server's tools, pure or once: when left out, once, whatever the server says of itself
    """

    kind: ToolSourceKind | Unset = UNSET
    document: NewToolSourceDocumentType0 | None | Unset = UNSET
    server: None | str | Unset = UNSET
    read_by: None | ReadByStep | Unset = UNSET
    operations: list[str] | None | Unset = UNSET
    effects: NewToolSourceEffects | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.new_tool_source_document_type_0 import NewToolSourceDocumentType0  # noqa: PLC0415
        from ..models.read_by_step import ReadByStep  # noqa: PLC0415

        kind: str | Unset = UNSET
        if not isinstance(self.kind, Unset):
            kind = self.kind.value

        document: dict[str, Any] | None | Unset
        if isinstance(self.document, Unset):
            document = UNSET
        elif isinstance(self.document, NewToolSourceDocumentType0):
            document = self.document.to_dict()
        else:
            document = self.document

        server: None | str | Unset
        if isinstance(self.server, Unset):
            server = UNSET
        else:
            server = self.server

        read_by: dict[str, Any] | None | Unset
        if isinstance(self.read_by, Unset):
            read_by = UNSET
        elif isinstance(self.read_by, ReadByStep):
            read_by = self.read_by.to_dict()
        else:
            read_by = self.read_by

        operations: list[str] | None | Unset
        if isinstance(self.operations, Unset):
            operations = UNSET
        elif isinstance(self.operations, list):
            operations = self.operations

        else:
            operations = self.operations

        effects: dict[str, Any] | Unset = UNSET
        if not isinstance(self.effects, Unset):
            effects = self.effects.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if kind is not UNSET:
            field_dict["kind"] = kind
        if document is not UNSET:
            field_dict["document"] = document
        if server is not UNSET:
            field_dict["server"] = server
        if read_by is not UNSET:
            field_dict["read_by"] = read_by
        if operations is not UNSET:
            field_dict["operations"] = operations
        if effects is not UNSET:
            field_dict["effects"] = effects

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.new_tool_source_document_type_0 import NewToolSourceDocumentType0  # noqa: PLC0415
        from ..models.new_tool_source_effects import NewToolSourceEffects  # noqa: PLC0415
        from ..models.read_by_step import ReadByStep  # noqa: PLC0415

        d = dict(src_dict)
        _kind = d.pop("kind", UNSET)
        kind: ToolSourceKind | Unset
        if isinstance(_kind, Unset):
            kind = UNSET
        else:
            kind = ToolSourceKind(_kind)

        def _parse_document(data: object) -> NewToolSourceDocumentType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                document_type_0 = NewToolSourceDocumentType0.from_dict(data)

                return document_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NewToolSourceDocumentType0 | None | Unset, data)

        document = _parse_document(d.pop("document", UNSET))

        def _parse_server(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        server = _parse_server(d.pop("server", UNSET))

        def _parse_read_by(data: object) -> None | ReadByStep | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                read_by_type_0 = ReadByStep.from_dict(data)

                return read_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ReadByStep | Unset, data)

        read_by = _parse_read_by(d.pop("read_by", UNSET))

        def _parse_operations(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                operations_type_0 = cast(list[str], data)

                return operations_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        operations = _parse_operations(d.pop("operations", UNSET))

        _effects = d.pop("effects", UNSET)
        effects: NewToolSourceEffects | Unset
        if isinstance(_effects, Unset):
            effects = UNSET
        else:
            effects = NewToolSourceEffects.from_dict(_effects)

        new_tool_source = cls(
            kind=kind,
            document=document,
            server=server,
            read_by=read_by,
            operations=operations,
            effects=effects,
        )

        return new_tool_source
