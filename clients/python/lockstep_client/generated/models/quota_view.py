from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.limit_source import LimitSource
from ..models.quota import Quota
from ..models.quota_scope import QuotaScope

T = TypeVar("T", bound="QuotaView")


@_attrs_define
class QuotaView:
    """One quota of the tenant or of a user, and how it stands now.

    Attributes:
        quota (Quota): What is counted: what there is at once, and what begins in a day of UTC.
        scope (QuotaScope): For whom it is counted: the tenant as a whole, or each of its users.
        scope_id (UUID): the tenant, or the user
        limit (int | None): null for no limit
        set_by (LimitSource | None): whose number it is: the tenant's own, the operator's bound, or what the platform
            allows everybody
        used (int): what is open or stored now, or has begun today
        left (int | None): null where there is no limit
        resets_at (datetime.datetime | None): when the next day begins; null for what is counted as it stands
    """

    quota: Quota
    scope: QuotaScope
    scope_id: UUID
    limit: int | None
    set_by: LimitSource | None
    used: int
    left: int | None
    resets_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        quota = self.quota.value

        scope = self.scope.value

        scope_id = str(self.scope_id)

        limit: int | None
        limit = self.limit

        set_by: None | str
        if isinstance(self.set_by, LimitSource):
            set_by = self.set_by.value
        else:
            set_by = self.set_by

        used = self.used

        left: int | None
        left = self.left

        resets_at: None | str
        if isinstance(self.resets_at, datetime.datetime):
            resets_at = self.resets_at.isoformat()
        else:
            resets_at = self.resets_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "quota": quota,
                "scope": scope,
                "scope_id": scope_id,
                "limit": limit,
                "set_by": set_by,
                "used": used,
                "left": left,
                "resets_at": resets_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        quota = Quota(d.pop("quota"))

        scope = QuotaScope(d.pop("scope"))

        scope_id = UUID(d.pop("scope_id"))

        def _parse_limit(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        limit = _parse_limit(d.pop("limit"))

        def _parse_set_by(data: object) -> LimitSource | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                set_by_type_0 = LimitSource(data)

                return set_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(LimitSource | None, data)

        set_by = _parse_set_by(d.pop("set_by"))

        used = d.pop("used")

        def _parse_left(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        left = _parse_left(d.pop("left"))

        def _parse_resets_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                resets_at_type_0 = datetime.datetime.fromisoformat(data)

                return resets_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        resets_at = _parse_resets_at(d.pop("resets_at"))

        quota_view = cls(
            quota=quota,
            scope=scope,
            scope_id=scope_id,
            limit=limit,
            set_by=set_by,
            used=used,
            left=left,
            resets_at=resets_at,
        )

        quota_view.additional_properties = d
        return quota_view

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
