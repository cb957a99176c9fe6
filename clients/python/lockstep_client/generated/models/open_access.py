from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

T = TypeVar("T", bound="OpenAccess")


@_attrs_define
class OpenAccess:
    """Whose runs are to be read, why, and for how long; the tenant sees all of it.

    Attributes:
        tenant_id (UUID):
        reason (str):
        minutes (int): it ends by itself after them
    """

    tenant_id: UUID
    reason: str
    minutes: int

    def to_dict(self) -> dict[str, Any]:
        tenant_id = str(self.tenant_id)

        reason = self.reason

        minutes = self.minutes

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "tenant_id": tenant_id,
                "reason": reason,
                "minutes": minutes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        tenant_id = UUID(d.pop("tenant_id"))

        reason = d.pop("reason")

        minutes = d.pop("minutes")

        open_access = cls(
            tenant_id=tenant_id,
            reason=reason,
            minutes=minutes,
        )

        return open_access
