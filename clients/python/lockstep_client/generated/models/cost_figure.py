from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="CostFigure")


@_attrs_define
class CostFigure:
    """As `Figure`, in decimal dollars.

    Attributes:
        least (str):
        most (None | str):
        smooth (None | str):
    """

    least: str
    most: None | str
    smooth: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        least = self.least

        most: None | str
        most = self.most

        smooth: None | str
        smooth = self.smooth

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "least": least,
                "most": most,
                "smooth": smooth,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        least = d.pop("least")

        def _parse_most(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        most = _parse_most(d.pop("most"))

        def _parse_smooth(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        smooth = _parse_smooth(d.pop("smooth"))

        cost_figure = cls(
            least=least,
            most=most,
            smooth=smooth,
        )

        cost_figure.additional_properties = d
        return cost_figure

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
