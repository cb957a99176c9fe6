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

T = TypeVar("T", bound="FiringView")


@_attrs_define
class FiringView:
    """One firing; `starts_at` is its time with its jitter, and null while it stands behind an open run.

    Attributes:
        fires_at (datetime.datetime):
        status (FiringStatus): What became of a firing; `waiting` is one whose jitter has not passed, or that stands
            behind an open run.
        reason (FiringReason | None): why it has started no run
        detail (None | str):
        starts_at (datetime.datetime | None):
        run_id (None | UUID):
        run_status (None | RunStatus): how its run has ended; null until that has been seen
        decided_at (datetime.datetime | None):
    """

    fires_at: datetime.datetime
    status: FiringStatus
    reason: FiringReason | None
    detail: None | str
    starts_at: datetime.datetime | None
    run_id: None | UUID
    run_status: None | RunStatus
    decided_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        fires_at = self.fires_at.isoformat()

        status = self.status.value

        reason: None | str
        if isinstance(self.reason, FiringReason):
            reason = self.reason.value
        else:
            reason = self.reason

        detail: None | str
        detail = self.detail

        starts_at: None | str
        if isinstance(self.starts_at, datetime.datetime):
            starts_at = self.starts_at.isoformat()
        else:
            starts_at = self.starts_at

        run_id: None | str
        if isinstance(self.run_id, UUID):
            run_id = str(self.run_id)
        else:
            run_id = self.run_id

        run_status: None | str
        if isinstance(self.run_status, RunStatus):
            run_status = self.run_status.value
        else:
            run_status = self.run_status

        decided_at: None | str
        if isinstance(self.decided_at, datetime.datetime):
            decided_at = self.decided_at.isoformat()
        else:
            decided_at = self.decided_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "fires_at": fires_at,
                "status": status,
                "reason": reason,
                "detail": detail,
                "starts_at": starts_at,
                "run_id": run_id,
                "run_status": run_status,
                "decided_at": decided_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        fires_at = datetime.datetime.fromisoformat(d.pop("fires_at"))

        status = FiringStatus(d.pop("status"))

        def _parse_reason(data: object) -> FiringReason | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                reason_type_0 = FiringReason(data)

                return reason_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(FiringReason | None, data)

        reason = _parse_reason(d.pop("reason"))

        def _parse_detail(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        detail = _parse_detail(d.pop("detail"))

        def _parse_starts_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                starts_at_type_0 = datetime.datetime.fromisoformat(data)

                return starts_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        starts_at = _parse_starts_at(d.pop("starts_at"))

        def _parse_run_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                run_id_type_0 = UUID(data)

                return run_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        run_id = _parse_run_id(d.pop("run_id"))

        def _parse_run_status(data: object) -> None | RunStatus:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                run_status_type_0 = RunStatus(data)

                return run_status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RunStatus, data)

        run_status = _parse_run_status(d.pop("run_status"))

        def _parse_decided_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                decided_at_type_0 = datetime.datetime.fromisoformat(data)

                return decided_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        decided_at = _parse_decided_at(d.pop("decided_at"))

        firing_view = cls(
            fires_at=fires_at,
            status=status,
            reason=reason,
            detail=detail,
            starts_at=starts_at,
            run_id=run_id,
            run_status=run_status,
            decided_at=decided_at,
        )

        firing_view.additional_properties = d
        return firing_view

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
