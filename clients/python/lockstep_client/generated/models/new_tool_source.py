from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.new_tool_source_document import NewToolSourceDocument
    from ..models.new_tool_source_effects import NewToolSourceEffects


T = TypeVar("T", bound="NewToolSource")


@_attrs_define
class NewToolSource:
    """An OpenAPI document, and what is said besides it: which operations to take, and what repeating one would mean.

    Attributes:
        document (NewToolSourceDocument): OpenAPI 3.0 or 3.1
        server (None | str | Unset): is asked in the place of its servers
        operations (list[str] | None | Unset): the names of those to take; all when left out
        effects (NewToolSourceEffects | Unset): by operation; when left out, GET and HEAD are pure and all others once
    """

    document: NewToolSourceDocument
    server: None | str | Unset = UNSET
    operations: list[str] | None | Unset = UNSET
    effects: NewToolSourceEffects | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        document = self.document.to_dict()

        server: None | str | Unset
        if isinstance(self.server, Unset):
            server = UNSET
        else:
            server = self.server

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

        field_dict.update(
            {
                "document": document,
            }
        )
        if server is not UNSET:
            field_dict["server"] = server
        if operations is not UNSET:
            field_dict["operations"] = operations
        if effects is not UNSET:
            field_dict["effects"] = effects

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.new_tool_source_document import NewToolSourceDocument  # noqa: PLC0415
        from ..models.new_tool_source_effects import NewToolSourceEffects  # noqa: PLC0415

        d = dict(src_dict)
        document = NewToolSourceDocument.from_dict(d.pop("document"))

        def _parse_server(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        server = _parse_server(d.pop("server", UNSET))

        def _parse_operations(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
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
            document=document,
            server=server,
            operations=operations,
            effects=effects,
        )

        return new_tool_source
