from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.deletion_phase import DeletionPhase
from ..models.deletion_status import DeletionStatus

if TYPE_CHECKING:
    from ..models.deletion_view_removed import DeletionViewRemoved


T = TypeVar("T", bound="DeletionView")


@_attrs_define
class DeletionView:
    """A deletion. Until `not_before` it can be cancelled; then it runs to its end, and leaves a certificate.

    Attributes:
        id (UUID):
        tenant_id (UUID):
        status (DeletionStatus): Where a deletion stands.
        phase (DeletionPhase | None):
        requested_by (str):
        requested_at (datetime.datetime):
        not_before (datetime.datetime): when it begins
        started_at (datetime.datetime | None):
        ended_at (datetime.datetime | None):
        removed (DeletionViewRemoved): how much was removed so far, by table or place
        waits_for (None | str): what it waits for now
        certificate (None | str): see GET /deletion-certificates/{deletion_id}
    """

    id: UUID
    tenant_id: UUID
    status: DeletionStatus
    phase: DeletionPhase | None
    requested_by: str
    requested_at: datetime.datetime
    not_before: datetime.datetime
    started_at: datetime.datetime | None
    ended_at: datetime.datetime | None
    removed: DeletionViewRemoved
    waits_for: None | str
    certificate: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        tenant_id = str(self.tenant_id)

        status = self.status.value

        phase: None | str
        if isinstance(self.phase, DeletionPhase):
            phase = self.phase.value
        else:
            phase = self.phase

        requested_by = self.requested_by

        requested_at = self.requested_at.isoformat()

        not_before = self.not_before.isoformat()

        started_at: None | str
        if isinstance(self.started_at, datetime.datetime):
            started_at = self.started_at.isoformat()
        else:
            started_at = self.started_at

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        removed = self.removed.to_dict()

        waits_for: None | str
        waits_for = self.waits_for

        certificate: None | str
        certificate = self.certificate

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "tenant_id": tenant_id,
                "status": status,
                "phase": phase,
                "requested_by": requested_by,
                "requested_at": requested_at,
                "not_before": not_before,
                "started_at": started_at,
                "ended_at": ended_at,
                "removed": removed,
                "waits_for": waits_for,
                "certificate": certificate,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.deletion_view_removed import DeletionViewRemoved  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        tenant_id = UUID(d.pop("tenant_id"))

        status = DeletionStatus(d.pop("status"))

        def _parse_phase(data: object) -> DeletionPhase | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                phase_type_0 = DeletionPhase(data)

                return phase_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(DeletionPhase | None, data)

        phase = _parse_phase(d.pop("phase"))

        requested_by = d.pop("requested_by")

        requested_at = datetime.datetime.fromisoformat(d.pop("requested_at"))

        not_before = datetime.datetime.fromisoformat(d.pop("not_before"))

        def _parse_started_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                started_at_type_0 = datetime.datetime.fromisoformat(data)

                return started_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        started_at = _parse_started_at(d.pop("started_at"))

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        removed = DeletionViewRemoved.from_dict(d.pop("removed"))

        def _parse_waits_for(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        waits_for = _parse_waits_for(d.pop("waits_for"))

        def _parse_certificate(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        certificate = _parse_certificate(d.pop("certificate"))

        deletion_view = cls(
            id=id,
            tenant_id=tenant_id,
            status=status,
            phase=phase,
            requested_by=requested_by,
            requested_at=requested_at,
            not_before=not_before,
            started_at=started_at,
            ended_at=ended_at,
            removed=removed,
            waits_for=waits_for,
            certificate=certificate,
        )

        deletion_view.additional_properties = d
        return deletion_view

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
