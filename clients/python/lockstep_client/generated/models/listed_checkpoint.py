from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ListedCheckpoint")


@_attrs_define
class ListedCheckpoint:
    """What stands after a turn; the step goes on from its head.

    Of a list: the members that `fields` names, or those that it shows anyway.

        Attributes:
            turn (int): how many turns had been taken
            at (datetime.datetime | Unset):
            parts (int | Unset): its messages, and the agent's state
            bytes_ (int | Unset): of its distinct parts, before they are compressed
            new_bytes (int | Unset): of the parts that the checkpoint before it has not
            head (str | Unset): the SHA-256 over the chain of its parts, in hexadecimal digits
            is_head (bool | Unset): whether the step's row names it as the last one
    """

    turn: int
    at: datetime.datetime | Unset = UNSET
    parts: int | Unset = UNSET
    bytes_: int | Unset = UNSET
    new_bytes: int | Unset = UNSET
    head: str | Unset = UNSET
    is_head: bool | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        turn = self.turn

        at: str | Unset = UNSET
        if not isinstance(self.at, Unset):
            at = self.at.isoformat()

        parts = self.parts

        bytes_ = self.bytes_

        new_bytes = self.new_bytes

        head = self.head

        is_head = self.is_head

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "turn": turn,
            }
        )
        if at is not UNSET:
            field_dict["at"] = at
        if parts is not UNSET:
            field_dict["parts"] = parts
        if bytes_ is not UNSET:
            field_dict["bytes"] = bytes_
        if new_bytes is not UNSET:
            field_dict["new_bytes"] = new_bytes
        if head is not UNSET:
            field_dict["head"] = head
        if is_head is not UNSET:
            field_dict["is_head"] = is_head

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        turn = d.pop("turn")

        _at = d.pop("at", UNSET)
        at: datetime.datetime | Unset
        if isinstance(_at, Unset):
            at = UNSET
        else:
            at = datetime.datetime.fromisoformat(_at)

        parts = d.pop("parts", UNSET)

        bytes_ = d.pop("bytes", UNSET)

        new_bytes = d.pop("new_bytes", UNSET)

        head = d.pop("head", UNSET)

        is_head = d.pop("is_head", UNSET)

        listed_checkpoint = cls(
            turn=turn,
            at=at,
            parts=parts,
            bytes_=bytes_,
            new_bytes=new_bytes,
            head=head,
            is_head=is_head,
        )

        listed_checkpoint.additional_properties = d
        return listed_checkpoint

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
