from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.fault_view import FaultView


T = TypeVar("T", bound="Verification")


@_attrs_define
class Verification:
    """What was looked at; `ok` when nothing in it is damaged.

    Attributes:
        ok (bool):
        checkpoints (int):
        parts (int):
        faults (list[FaultView]):
    """

    ok: bool
    checkpoints: int
    parts: int
    faults: list[FaultView]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        ok = self.ok

        checkpoints = self.checkpoints

        parts = self.parts

        faults = []
        for faults_item_data in self.faults:
            faults_item = faults_item_data.to_dict()
            faults.append(faults_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "ok": ok,
                "checkpoints": checkpoints,
                "parts": parts,
                "faults": faults,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.fault_view import FaultView  # noqa: PLC0415

        d = dict(src_dict)
        ok = d.pop("ok")

        checkpoints = d.pop("checkpoints")

        parts = d.pop("parts")

        faults = []
        _faults = d.pop("faults")
        for faults_item_data in _faults:
            faults_item = FaultView.from_dict(faults_item_data)

            faults.append(faults_item)

        verification = cls(
            ok=ok,
            checkpoints=checkpoints,
            parts=parts,
            faults=faults,
        )

        verification.additional_properties = d
        return verification

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
