from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ListedTenantsLine")


@_attrs_define
class ListedTenantsLine:
    """What of a tenant runs and stands in line now. Resources have names of the tenant's own, and are counted alone.

    Of a list: the members that `fields` names, or those that it shows anyway.

        Attributes:
            tenant_id (UUID):
            running (int | Unset): steps that a worker has now
            waiting_for_slots (int | Unset): steps that could run, and wait for a worker's slot or their turn
            waiting_for_resources (int | Unset): steps that wait for what the tenant's steps share, or its limits
            waiting_since (datetime.datetime | None | Unset): since when the first of these waits
    """

    tenant_id: UUID
    running: int | Unset = UNSET
    waiting_for_slots: int | Unset = UNSET
    waiting_for_resources: int | Unset = UNSET
    waiting_since: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        tenant_id = str(self.tenant_id)

        running = self.running

        waiting_for_slots = self.waiting_for_slots

        waiting_for_resources = self.waiting_for_resources

        waiting_since: None | str | Unset
        if isinstance(self.waiting_since, Unset):
            waiting_since = UNSET
        elif isinstance(self.waiting_since, datetime.datetime):
            waiting_since = self.waiting_since.isoformat()
        else:
            waiting_since = self.waiting_since

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "tenant_id": tenant_id,
            }
        )
        if running is not UNSET:
            field_dict["running"] = running
        if waiting_for_slots is not UNSET:
            field_dict["waiting_for_slots"] = waiting_for_slots
        if waiting_for_resources is not UNSET:
            field_dict["waiting_for_resources"] = waiting_for_resources
        if waiting_since is not UNSET:
            field_dict["waiting_since"] = waiting_since

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        tenant_id = UUID(d.pop("tenant_id"))

        running = d.pop("running", UNSET)

        waiting_for_slots = d.pop("waiting_for_slots", UNSET)

        waiting_for_resources = d.pop("waiting_for_resources", UNSET)

        def _parse_waiting_since(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                waiting_since_type_0 = datetime.datetime.fromisoformat(data)

                return waiting_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        waiting_since = _parse_waiting_since(d.pop("waiting_since", UNSET))

        listed_tenants_line = cls(
            tenant_id=tenant_id,
            running=running,
            waiting_for_slots=waiting_for_slots,
            waiting_for_resources=waiting_for_resources,
            waiting_since=waiting_since,
        )

        listed_tenants_line.additional_properties = d
        return listed_tenants_line

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
