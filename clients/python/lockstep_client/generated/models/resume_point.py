from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ResumePoint")


@_attrs_define
class ResumePoint:
    """A step with which a retry of the run begins, and how many turns of it are kept, which are not paid again.

    Attributes:
        step (str):
        turn (int):
        must_be_named (bool): whether a retry runs it again only if `from` names it: what its tool did is unknown, or no
            checkpoint of it is sound, so that it begins from its beginning
    """

    step: str
    turn: int
    must_be_named: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        step = self.step

        turn = self.turn

        must_be_named = self.must_be_named

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "step": step,
                "turn": turn,
                "must_be_named": must_be_named,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        step = d.pop("step")

        turn = d.pop("turn")

        must_be_named = d.pop("must_be_named")

        resume_point = cls(
            step=step,
            turn=turn,
            must_be_named=must_be_named,
        )

        resume_point.additional_properties = d
        return resume_point

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
