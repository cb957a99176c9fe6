from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.firing_reason import FiringReason
from ..models.firing_status import FiringStatus
from ..models.run_status import RunStatus
from ..types import UNSET, Unset

T = TypeVar("T", bound="ListedFiring")


@_attrs_define
class ListedFiring:
    """One firing; `starts_at` is its time with its jitter, and null while it stands behind an open run.

    Of a list: the members that `fields` names, or those that it shows anyway.

        Attributes:
            fires_at (datetime.datetime):
            status (FiringStatus | Unset): What became of a firing; `waiting` is one whose jitter has not passed, or that
                stands behind an open run.
            reason (FiringReason | None | Unset): why it has started no run
            detail (None | str | Unset):
            starts_at (datetime.datetime | None | Unset):
            run_id (None | Unset | UUID):
            run_status (None | RunStatus | Unset): how its run has ended; null until that has been seen
            decided_at (datetime.datetime | None | Unset):
    """

    fires_at: datetime.datetime
    status: FiringStatus | Unset = UNSET
    reason: FiringReason | None | Unset = UNSET
    detail: None | str | Unset = UNSET
    starts_at: datetime.datetime | None | Unset = UNSET
    run_id: None | Unset | UUID = UNSET
    run_status: None | RunStatus | Unset = UNSET
    decided_at: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        fires_at = self.fires_at.isoformat()

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value

        reason: None | str | Unset
        if isinstance(self.reason, Unset):
            reason = UNSET
        elif isinstance(self.reason, FiringReason):
            reason = self.reason.value
        else:
            reason = self.reason

        detail: None | str | Unset
        if isinstance(self.detail, Unset):
            detail = UNSET
        else:
            detail = self.detail

        starts_at: None | str | Unset
        if isinstance(self.starts_at, Unset):
            starts_at = UNSET
        elif isinstance(self.starts_at, datetime.datetime):
            starts_at = self.starts_at.isoformat()
        else:
            starts_at = self.starts_at

        run_id: None | str | Unset
        if isinstance(self.run_id, Unset):
            run_id = UNSET
        elif isinstance(self.run_id, UUID):
            run_id = str(self.run_id)
        else:
            run_id = self.run_id

        run_status: None | str | Unset
        if isinstance(self.run_status, Unset):
            run_status = UNSET
        elif isinstance(self.run_status, RunStatus):
            run_status = self.run_status.value
        else:
            run_status = self.run_status

        decided_at: None | str | Unset
        if isinstance(self.decided_at, Unset):
            decided_at = UNSET
        elif isinstance(self.decided_at, datetime.datetime):
            decided_at = self.decided_at.isoformat()
        else:
            decided_at = self.decided_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "fires_at": fires_at,
            }
        )
        if status is not UNSET:
            field_dict["status"] = status
        if reason is not UNSET:
            field_dict["reason"] = reason
        if detail is not UNSET:
            field_dict["detail"] = detail
        if starts_at is not UNSET:
            field_dict["starts_at"] = starts_at
        if run_id is not UNSET:
            field_dict["run_id"] = run_id
        if run_status is not UNSET:
            field_dict["run_status"] = run_status
        if decided_at is not UNSET:
            field_dict["decided_at"] = decided_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        fires_at = datetime.datetime.fromisoformat(d.pop("fires_at"))

        _status = d.pop("status", UNSET)
        status: FiringStatus | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = FiringStatus(_status)

        def _parse_reason(data: object) -> FiringReason | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                reason_type_0 = FiringReason(data)

                return reason_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(FiringReason | None | Unset, data)

        reason = _parse_reason(d.pop("reason", UNSET))

        def _parse_detail(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        detail = _parse_detail(d.pop("detail", UNSET))

        def _parse_starts_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                starts_at_type_0 = datetime.datetime.fromisoformat(data)

                return starts_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        starts_at = _parse_starts_at(d.pop("starts_at", UNSET))

        def _parse_run_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                run_id_type_0 = UUID(data)

                return run_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        run_id = _parse_run_id(d.pop("run_id", UNSET))

        def _parse_run_status(data: object) -> None | RunStatus | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                run_status_type_0 = RunStatus(data)

                return run_status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RunStatus | Unset, data)

        run_status = _parse_run_status(d.pop("run_status", UNSET))

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

        listed_firing = cls(
            fires_at=fires_at,
            status=status,
            reason=reason,
            detail=detail,
            starts_at=starts_at,
            run_id=run_id,
            run_status=run_status,
            decided_at=decided_at,
        )

        listed_firing.additional_properties = d
        return listed_firing

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
