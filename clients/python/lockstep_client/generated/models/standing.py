from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.amounts import Amounts
    from ..models.left import Left


T = TypeVar("T", bound="Standing")


@_attrs_define
class Standing:
    """What is committed and held in the budget's window; a call needs room for its bound in what is left.

    Attributes:
        committed (Amounts): Tokens, and the money that they cost.
        held (Amounts): Tokens, and the money that they cost.
        left (Left): Null where nothing is limited; 0 where more is spent than a lowered limit allows.
    """

    committed: Amounts
    held: Amounts
    left: Left
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        committed = self.committed.to_dict()

        held = self.held.to_dict()

        left = self.left.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "committed": committed,
                "held": held,
                "left": left,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.amounts import Amounts  # noqa: PLC0415
        from ..models.left import Left  # noqa: PLC0415

        d = dict(src_dict)
        committed = Amounts.from_dict(d.pop("committed"))

        held = Amounts.from_dict(d.pop("held"))

        left = Left.from_dict(d.pop("left"))

        standing = cls(
            committed=committed,
            held=held,
            left=left,
        )

        standing.additional_properties = d
        return standing

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
