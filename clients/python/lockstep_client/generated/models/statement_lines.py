from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.other_lines import OtherLines
    from ..models.statement_line import StatementLine


T = TypeVar("T", bound="StatementLines")


@_attrs_define
class StatementLines:
    """The dearest lines, and the sums of the others, if there are any.

    Attributes:
        items (list[StatementLine]):
        others (None | OtherLines):
    """

    items: list[StatementLine]
    others: None | OtherLines
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.other_lines import OtherLines  # noqa: PLC0415

        items = []
        for items_item_data in self.items:
            items_item = items_item_data.to_dict()
            items.append(items_item)

        others: dict[str, Any] | None
        if isinstance(self.others, OtherLines):
            others = self.others.to_dict()
        else:
            others = self.others

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "items": items,
                "others": others,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.other_lines import OtherLines  # noqa: PLC0415
        from ..models.statement_line import StatementLine  # noqa: PLC0415

        d = dict(src_dict)
        items = []
        _items = d.pop("items")
        for items_item_data in _items:
            items_item = StatementLine.from_dict(items_item_data)

            items.append(items_item)

        def _parse_others(data: object) -> None | OtherLines:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                others_type_0 = OtherLines.from_dict(data)

                return others_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | OtherLines, data)

        others = _parse_others(d.pop("others"))

        statement_lines = cls(
            items=items,
            others=others,
        )

        statement_lines.additional_properties = d
        return statement_lines

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
