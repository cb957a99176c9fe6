from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.conversation_messages_item import ConversationMessagesItem
    from ..models.part_view import PartView


T = TypeVar("T", bound="Conversation")


@_attrs_define
class Conversation:
    """The conversation after a turn; every part of it was verified when it was read.

    Attributes:
        turn (int):
        at (datetime.datetime):
        head (str):
        parts (list[PartView]):
        messages (list[ConversationMessagesItem]): in OpenAI's wire form, with what the platform notes in them
    """

    turn: int
    at: datetime.datetime
    head: str
    parts: list[PartView]
    messages: list[ConversationMessagesItem]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        turn = self.turn

        at = self.at.isoformat()

        head = self.head

        parts = []
        for parts_item_data in self.parts:
            parts_item = parts_item_data.to_dict()
            parts.append(parts_item)

        messages = []
        for messages_item_data in self.messages:
            messages_item = messages_item_data.to_dict()
            messages.append(messages_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "turn": turn,
                "at": at,
                "head": head,
                "parts": parts,
                "messages": messages,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.conversation_messages_item import ConversationMessagesItem  # noqa: PLC0415
        from ..models.part_view import PartView  # noqa: PLC0415

        d = dict(src_dict)
        turn = d.pop("turn")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        head = d.pop("head")

        parts = []
        _parts = d.pop("parts")
        for parts_item_data in _parts:
            parts_item = PartView.from_dict(parts_item_data)

            parts.append(parts_item)

        messages = []
        _messages = d.pop("messages")
        for messages_item_data in _messages:
            messages_item = ConversationMessagesItem.from_dict(messages_item_data)

            messages.append(messages_item)

        conversation = cls(
            turn=turn,
            at=at,
            head=head,
            parts=parts,
            messages=messages,
        )

        conversation.additional_properties = d
        return conversation

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
