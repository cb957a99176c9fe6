from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="UnreadableView")


@_attrs_define
class UnreadableView:
    """A message of the steps queue that is no step message; it belongs to no tenant.

    Attributes:
        id (UUID):
        head (str): its beginning; what is no text is shown as U+FFFD
        size (int):
        receive_count (int):
        received_at (datetime.datetime):
        discarded_at (datetime.datetime | None):
        discarded_by (None | str):
        reason (None | str):
    """

    id: UUID
    head: str
    size: int
    receive_count: int
    received_at: datetime.datetime
    discarded_at: datetime.datetime | None
    discarded_by: None | str
    reason: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        head = self.head

        size = self.size

        receive_count = self.receive_count

        received_at = self.received_at.isoformat()

        discarded_at: None | str
        if isinstance(self.discarded_at, datetime.datetime):
            discarded_at = self.discarded_at.isoformat()
        else:
            discarded_at = self.discarded_at

        discarded_by: None | str
        discarded_by = self.discarded_by

        reason: None | str
        reason = self.reason

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "head": head,
                "size": size,
                "receive_count": receive_count,
                "received_at": received_at,
                "discarded_at": discarded_at,
                "discarded_by": discarded_by,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        head = d.pop("head")

        size = d.pop("size")

        receive_count = d.pop("receive_count")

        received_at = datetime.datetime.fromisoformat(d.pop("received_at"))

        def _parse_discarded_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                discarded_at_type_0 = datetime.datetime.fromisoformat(data)

                return discarded_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        discarded_at = _parse_discarded_at(d.pop("discarded_at"))

        def _parse_discarded_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        discarded_by = _parse_discarded_by(d.pop("discarded_by"))

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        unreadable_view = cls(
            id=id,
            head=head,
            size=size,
            receive_count=receive_count,
            received_at=received_at,
            discarded_at=discarded_at,
            discarded_by=discarded_by,
            reason=reason,
        )

        unreadable_view.additional_properties = d
        return unreadable_view

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
