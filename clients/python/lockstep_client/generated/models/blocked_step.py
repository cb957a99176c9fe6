from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.root_cause import RootCause


T = TypeVar("T", bound="BlockedStep")


@_attrs_define
class BlockedStep:
    """A step that cannot move by itself (or the run, `step` null), and why.

    Attributes:
        step (None | str):
        causes (list[RootCause]):
        more (int): how many causes there are beyond those listed
    """

    step: None | str
    causes: list[RootCause]
    more: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        step: None | str
        step = self.step

        causes = []
        for causes_item_data in self.causes:
            causes_item = causes_item_data.to_dict()
            causes.append(causes_item)

        more = self.more

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "step": step,
                "causes": causes,
                "more": more,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.root_cause import RootCause  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_step(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        step = _parse_step(d.pop("step"))

        causes = []
        _causes = d.pop("causes")
        for causes_item_data in _causes:
            causes_item = RootCause.from_dict(causes_item_data)

            causes.append(causes_item)

        more = d.pop("more")

        blocked_step = cls(
            step=step,
            causes=causes,
            more=more,
        )

        blocked_step.additional_properties = d
        return blocked_step

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
