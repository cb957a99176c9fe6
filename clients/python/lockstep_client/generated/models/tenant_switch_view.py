from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.platform_switch_view import PlatformSwitchView


T = TypeVar("T", bound="TenantSwitchView")


@_attrs_define
class TenantSwitchView:
    """A tenant's switch, and beside it the platform's, which stops the tenant as well.

    Attributes:
        engaged (bool):
        reason (None | str):
        engaged_by (None | str):
        engaged_at (datetime.datetime | None):
        platform (PlatformSwitchView): The platform's switch as tenants see it: who engaged it is the platform's matter.
    """

    engaged: bool
    reason: None | str
    engaged_by: None | str
    engaged_at: datetime.datetime | None
    platform: PlatformSwitchView
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        engaged = self.engaged

        reason: None | str
        reason = self.reason

        engaged_by: None | str
        engaged_by = self.engaged_by

        engaged_at: None | str
        if isinstance(self.engaged_at, datetime.datetime):
            engaged_at = self.engaged_at.isoformat()
        else:
            engaged_at = self.engaged_at

        platform = self.platform.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "engaged": engaged,
                "reason": reason,
                "engaged_by": engaged_by,
                "engaged_at": engaged_at,
                "platform": platform,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.platform_switch_view import PlatformSwitchView  # noqa: PLC0415

        d = dict(src_dict)
        engaged = d.pop("engaged")

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        def _parse_engaged_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        engaged_by = _parse_engaged_by(d.pop("engaged_by"))

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

        platform = PlatformSwitchView.from_dict(d.pop("platform"))

        tenant_switch_view = cls(
            engaged=engaged,
            reason=reason,
            engaged_by=engaged_by,
            engaged_at=engaged_at,
            platform=platform,
        )

        tenant_switch_view.additional_properties = d
        return tenant_switch_view

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
