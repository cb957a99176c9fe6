from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="CheckpointView")


@_attrs_define
class CheckpointView:
    """What stands after a turn; the step goes on from its head.

    Attributes:
        turn (int): how many turns had been taken
        at (datetime.datetime):
        parts (int): its messages, and the agent's state
        bytes_ (int): of its distinct parts, before they are compressed
        new_bytes (int): of the parts that the checkpoint before it has not
        head (str): the SHA-256 over the chain of its parts, in hexadecimal digits
        is_head (bool): whether the step's row names it as the last one
    """

    turn: int
    at: datetime.datetime
    parts: int
    bytes_: int
    new_bytes: int
    head: str
    is_head: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        turn = self.turn

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
                "at": at,
                "parts": parts,
                "bytes": bytes_,
                "new_bytes": new_bytes,
                "head": head,
                "is_head": is_head,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        turn = d.pop("turn")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        parts = d.pop("parts")

        bytes_ = d.pop("bytes")

        new_bytes = d.pop("new_bytes")

        head = d.pop("head")

        is_head = d.pop("is_head")

        checkpoint_view = cls(
            turn=turn,
            at=at,
            parts=parts,
            bytes_=bytes_,
            new_bytes=new_bytes,
            head=head,
            is_head=is_head,
        )

        checkpoint_view.additional_properties = d
        return checkpoint_view

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
