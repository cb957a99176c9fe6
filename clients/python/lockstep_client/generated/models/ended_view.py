from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.leak_outcome import LeakOutcome
from ..models.made_kind import MadeKind

T = TypeVar("T", bound="EndedView")


@_attrs_define
class EndedView:
    """One thing that was made, or turned, with a key which has leaked.

    Attributes:
        kind (MadeKind): What a key can make, or turn, that lasts and acts.
        id (UUID):
        name (str): of an invitation, and of a member, the address; of a kill switch its reason
        outcome (LeakOutcome): What has become of it.
    """

    kind: MadeKind
    id: UUID
    name: str
    outcome: LeakOutcome
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind.value

        id = str(self.id)

        name = self.name

        outcome = self.outcome.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "id": id,
                "name": name,
                "outcome": outcome,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kind = MadeKind(d.pop("kind"))

        id = UUID(d.pop("id"))

        name = d.pop("name")

        outcome = LeakOutcome(d.pop("outcome"))

        ended_view = cls(
            kind=kind,
            id=id,
            name=name,
            outcome=outcome,
        )

        ended_view.additional_properties = d
        return ended_view

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
