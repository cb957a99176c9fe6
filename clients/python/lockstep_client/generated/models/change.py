from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.change_kind import ChangeKind

T = TypeVar("T", bound="Change")


@_attrs_define
class Change:
    """One place; a value of more than 1000 bytes is null here, and its size is told instead.

    Attributes:
        pointer (str): a JSON pointer; empty for the whole document
        kind (ChangeKind): `added` is only on the right, `removed` only on the left.
        left (Any):
        right (Any):
        left_bytes (int | None): the size of a value that is too long to be shown
        right_bytes (int | None): the size of a value that is too long to be shown
    """

    pointer: str
    kind: ChangeKind
    left: Any
    right: Any
    left_bytes: int | None
    right_bytes: int | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        pointer = self.pointer

        kind = self.kind.value

        left = self.left

        right = self.right

        left_bytes: int | None
        left_bytes = self.left_bytes

        right_bytes: int | None
        right_bytes = self.right_bytes

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "pointer": pointer,
                "kind": kind,
                "left": left,
                "right": right,
                "left_bytes": left_bytes,
                "right_bytes": right_bytes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        pointer = d.pop("pointer")

        kind = ChangeKind(d.pop("kind"))

        left = d.pop("left")

        right = d.pop("right")

        def _parse_left_bytes(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        left_bytes = _parse_left_bytes(d.pop("left_bytes"))

        def _parse_right_bytes(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        right_bytes = _parse_right_bytes(d.pop("right_bytes"))

        change = cls(
            pointer=pointer,
            kind=kind,
            left=left,
            right=right,
            left_bytes=left_bytes,
            right_bytes=right_bytes,
        )

        change.additional_properties = d
        return change

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
