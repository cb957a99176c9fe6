from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ListedUnreadable")


@_attrs_define
class ListedUnreadable:
    """A message of the steps queue that is no step message; it belongs to no tenant.

    Of a list: the members that `fields` names, or those that it shows anyway.

        Attributes:
            id (UUID):
            head (str | Unset): its beginning; what is no text is shown as U+FFFD
            size (int | Unset):
            receive_count (int | Unset):
            received_at (datetime.datetime | Unset):
            discarded_at (datetime.datetime | None | Unset):
            discarded_by (None | str | Unset):
            reason (None | str | Unset):
    """

    id: UUID
    head: str | Unset = UNSET
    size: int | Unset = UNSET
    receive_count: int | Unset = UNSET
    received_at: datetime.datetime | Unset = UNSET
    discarded_at: datetime.datetime | None | Unset = UNSET
    discarded_by: None | str | Unset = UNSET
    reason: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        head = self.head

        size = self.size

        receive_count = self.receive_count

        received_at: str | Unset = UNSET
        if not isinstance(self.received_at, Unset):
            received_at = self.received_at.isoformat()

        discarded_at: None | str | Unset
        if isinstance(self.discarded_at, Unset):
            discarded_at = UNSET
        elif isinstance(self.discarded_at, datetime.datetime):
            discarded_at = self.discarded_at.isoformat()
        else:
            discarded_at = self.discarded_at

        discarded_by: None | str | Unset
        if isinstance(self.discarded_by, Unset):
            discarded_by = UNSET
        else:
            discarded_by = self.discarded_by

        reason: None | str | Unset
        if isinstance(self.reason, Unset):
            reason = UNSET
        else:
            reason = self.reason

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
            }
        )
        if head is not UNSET:
            field_dict["head"] = head
        if size is not UNSET:
            field_dict["size"] = size
        if receive_count is not UNSET:
            field_dict["receive_count"] = receive_count
        if received_at is not UNSET:
            field_dict["received_at"] = received_at
        if discarded_at is not UNSET:
            field_dict["discarded_at"] = discarded_at
        if discarded_by is not UNSET:
            field_dict["discarded_by"] = discarded_by
        if reason is not UNSET:
            field_dict["reason"] = reason

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        head = d.pop("head", UNSET)

        size = d.pop("size", UNSET)

        receive_count = d.pop("receive_count", UNSET)

        _received_at = d.pop("received_at", UNSET)
        received_at: datetime.datetime | Unset
        if isinstance(_received_at, Unset):
            received_at = UNSET
        else:
            received_at = datetime.datetime.fromisoformat(_received_at)

        def _parse_discarded_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                discarded_at_type_0 = datetime.datetime.fromisoformat(data)

                return discarded_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        discarded_at = _parse_discarded_at(d.pop("discarded_at", UNSET))

        def _parse_discarded_by(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        discarded_by = _parse_discarded_by(d.pop("discarded_by", UNSET))

        def _parse_reason(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        reason = _parse_reason(d.pop("reason", UNSET))

        listed_unreadable = cls(
            id=id,
            head=head,
            size=size,
            receive_count=receive_count,
            received_at=received_at,
            discarded_at=discarded_at,
            discarded_by=discarded_by,
            reason=reason,
        )

        listed_unreadable.additional_properties = d
        return listed_unreadable

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
