from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ResourceView")


@_attrs_define
class ResourceView:
    """A resource, or `concurrency:tenant` for the tenant's running steps in all.

    Attributes:
        name (str):
        capacity (int | None): units that may be taken at once; null for no limit
        taken (int): units that running steps hold now
        waiting (int): steps that stand in line for it
    """

    name: str
    capacity: int | None
    taken: int
    waiting: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        capacity: int | None
        capacity = self.capacity

        taken = self.taken

        waiting = self.waiting

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "capacity": capacity,
                "taken": taken,
                "waiting": waiting,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        def _parse_capacity(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        capacity = _parse_capacity(d.pop("capacity"))

        taken = d.pop("taken")

        waiting = d.pop("waiting")

        resource_view = cls(
            name=name,
            capacity=capacity,
            taken=taken,
            waiting=waiting,
        )

        resource_view.additional_properties = d
        return resource_view

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
