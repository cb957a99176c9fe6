from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.configuration_status import ConfigurationStatus
from ..types import UNSET, Unset

T = TypeVar("T", bound="ListedConfiguration")


@_attrs_define
class ListedConfiguration:
    """A version; `based_on` is the one that was served when it was proposed (null: the files alone).

    Of a list: the members that `fields` names, or those that it shows anyway.

        Attributes:
            version (int):
            status (ConfigurationStatus | Unset): Of what an operator has proposed for the gateway: one version at most is
                `active`, and served.
            note (str | Unset):
            based_on (int | None | Unset):
            proposed_by (str | Unset):
            proposed_at (datetime.datetime | Unset):
            decided_by (None | str | Unset):
            decided_at (datetime.datetime | None | Unset):
            reason (None | str | Unset): of the decision
            document (str | Unset):
    """

    version: int
    status: ConfigurationStatus | Unset = UNSET
    note: str | Unset = UNSET
    based_on: int | None | Unset = UNSET
    proposed_by: str | Unset = UNSET
    proposed_at: datetime.datetime | Unset = UNSET
    decided_by: None | str | Unset = UNSET
    decided_at: datetime.datetime | None | Unset = UNSET
    reason: None | str | Unset = UNSET
    document: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        version = self.version

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value

        note = self.note

        based_on: int | None | Unset
        if isinstance(self.based_on, Unset):
            based_on = UNSET
        else:
            based_on = self.based_on

        proposed_by = self.proposed_by

        proposed_at: str | Unset = UNSET
        if not isinstance(self.proposed_at, Unset):
            proposed_at = self.proposed_at.isoformat()

        decided_by: None | str | Unset
        if isinstance(self.decided_by, Unset):
            decided_by = UNSET
        else:
            decided_by = self.decided_by

        decided_at: None | str | Unset
        if isinstance(self.decided_at, Unset):
            decided_at = UNSET
        elif isinstance(self.decided_at, datetime.datetime):
            decided_at = self.decided_at.isoformat()
        else:
            decided_at = self.decided_at

        reason: None | str | Unset
        if isinstance(self.reason, Unset):
            reason = UNSET
        else:
            reason = self.reason

        document = self.document

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "version": version,
            }
        )
        if status is not UNSET:
            field_dict["status"] = status
        if note is not UNSET:
            field_dict["note"] = note
        if based_on is not UNSET:
            field_dict["based_on"] = based_on
        if proposed_by is not UNSET:
            field_dict["proposed_by"] = proposed_by
        if proposed_at is not UNSET:
            field_dict["proposed_at"] = proposed_at
        if decided_by is not UNSET:
            field_dict["decided_by"] = decided_by
        if decided_at is not UNSET:
            field_dict["decided_at"] = decided_at
        if reason is not UNSET:
            field_dict["reason"] = reason
        if document is not UNSET:
            field_dict["document"] = document

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        version = d.pop("version")

        _status = d.pop("status", UNSET)
        status: ConfigurationStatus | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = ConfigurationStatus(_status)

        note = d.pop("note", UNSET)

        def _parse_based_on(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        based_on = _parse_based_on(d.pop("based_on", UNSET))

        proposed_by = d.pop("proposed_by", UNSET)

        _proposed_at = d.pop("proposed_at", UNSET)
        proposed_at: datetime.datetime | Unset
        if isinstance(_proposed_at, Unset):
            proposed_at = UNSET
        else:
            proposed_at = datetime.datetime.fromisoformat(_proposed_at)

        def _parse_decided_by(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        decided_by = _parse_decided_by(d.pop("decided_by", UNSET))

        def _parse_decided_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                decided_at_type_0 = datetime.datetime.fromisoformat(data)

                return decided_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        decided_at = _parse_decided_at(d.pop("decided_at", UNSET))

        def _parse_reason(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        reason = _parse_reason(d.pop("reason", UNSET))

        document = d.pop("document", UNSET)

        listed_configuration = cls(
            version=version,
            status=status,
            note=note,
            based_on=based_on,
            proposed_by=proposed_by,
            proposed_at=proposed_at,
            decided_by=decided_by,
            decided_at=decided_at,
            reason=reason,
            document=document,
        )

        listed_configuration.additional_properties = d
        return listed_configuration

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
