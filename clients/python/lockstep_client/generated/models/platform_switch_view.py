from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PlatformSwitchView")


@_attrs_define
class PlatformSwitchView:
    """The platform's switch as tenants see it: who engaged it is the platform's matter.

    Attributes:
        engaged (bool):
        reason (None | str):
        engaged_at (datetime.datetime | None):
    """

    engaged: bool
    reason: None | str
    engaged_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        engaged = self.engaged

        reason: None | str
        reason = self.reason

        engaged_at: None | str
        if isinstance(self.engaged_at, datetime.datetime):
            engaged_at = self.engaged_at.isoformat()
        else:
            engaged_at = self.engaged_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "engaged": engaged,
                "reason": reason,
                "engaged_at": engaged_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        engaged = d.pop("engaged")

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        def _parse_engaged_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                engaged_at_type_0 = datetime.datetime.fromisoformat(data)

                return engaged_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        engaged_at = _parse_engaged_at(d.pop("engaged_at"))

        platform_switch_view = cls(
            engaged=engaged,
            reason=reason,
            engaged_at=engaged_at,
        )

        platform_switch_view.additional_properties = d
        return platform_switch_view

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
