from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.tenant_span_view_kind import TenantSpanViewKind
from ..models.tenant_span_view_status import TenantSpanViewStatus

if TYPE_CHECKING:
    from ..models.tenant_span_view_attributes import TenantSpanViewAttributes


T = TypeVar("T", bound="TenantSpanView")


@_attrs_define
class TenantSpanView:
    """A span, and whose it is: a trace that callers name may be one of several tenants.

    Attributes:
        span_id (str):
        parent_span_id (None | str): null, or of no span that is stored, where a tree begins: its caller's span, or one
            that was lost
        run_id (None | UUID):
        step_id (None | UUID):
        name (str):
        kind (TenantSpanViewKind):
        service (str):
        status (TenantSpanViewStatus):
        started_at (datetime.datetime):
        duration_ms (float):
        attributes (TenantSpanViewAttributes):
        tenant_id (UUID):
    """

    span_id: str
    parent_span_id: None | str
    run_id: None | UUID
    step_id: None | UUID
    name: str
    kind: TenantSpanViewKind
    service: str
    status: TenantSpanViewStatus
    started_at: datetime.datetime
    duration_ms: float
    attributes: TenantSpanViewAttributes
    tenant_id: UUID
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        span_id = self.span_id

        parent_span_id: None | str
        parent_span_id = self.parent_span_id

        run_id: None | str
        if isinstance(self.run_id, UUID):
            run_id = str(self.run_id)
        else:
            run_id = self.run_id

        step_id: None | str
        if isinstance(self.step_id, UUID):
            step_id = str(self.step_id)
        else:
            step_id = self.step_id

        name = self.name

        kind = self.kind.value

        service = self.service

        status = self.status.value

        started_at = self.started_at.isoformat()

        duration_ms = self.duration_ms

        attributes = self.attributes.to_dict()

        tenant_id = str(self.tenant_id)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "span_id": span_id,
                "parent_span_id": parent_span_id,
                "run_id": run_id,
                "step_id": step_id,
                "name": name,
                "kind": kind,
                "service": service,
                "status": status,
                "started_at": started_at,
                "duration_ms": duration_ms,
                "attributes": attributes,
                "tenant_id": tenant_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.tenant_span_view_attributes import TenantSpanViewAttributes  # noqa: PLC0415

        d = dict(src_dict)
        span_id = d.pop("span_id")

        def _parse_parent_span_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        parent_span_id = _parse_parent_span_id(d.pop("parent_span_id"))

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

        def _parse_step_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                step_id_type_0 = UUID(data)

                return step_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        step_id = _parse_step_id(d.pop("step_id"))

        name = d.pop("name")

        kind = TenantSpanViewKind(d.pop("kind"))

        service = d.pop("service")

        status = TenantSpanViewStatus(d.pop("status"))

        started_at = datetime.datetime.fromisoformat(d.pop("started_at"))

        duration_ms = d.pop("duration_ms")

        attributes = TenantSpanViewAttributes.from_dict(d.pop("attributes"))

        tenant_id = UUID(d.pop("tenant_id"))

        tenant_span_view = cls(
            span_id=span_id,
            parent_span_id=parent_span_id,
            run_id=run_id,
            step_id=step_id,
            name=name,
            kind=kind,
            service=service,
            status=status,
            started_at=started_at,
            duration_ms=duration_ms,
            attributes=attributes,
            tenant_id=tenant_id,
        )

        tenant_span_view.additional_properties = d
        return tenant_span_view

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
