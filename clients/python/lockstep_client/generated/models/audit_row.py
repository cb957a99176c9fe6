from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.audit_outcome import AuditOutcome

if TYPE_CHECKING:
    from ..models.audit_row_detail import AuditRowDetail


T = TypeVar("T", bound="AuditRow")


@_attrs_define
class AuditRow:
    """What was done, or tried. `position` and `hash` are null for the seconds until the row is sealed.

    Attributes:
        id (int):
        at (datetime.datetime):
        actor (str): user:<id>, key:<id>, operator:<subject>, subject:<subject>, or a step whose tool asked its proxy
        action (str):
        target (str):
        outcome (AuditOutcome): How a call ended.
        status (int | None): of the answer, where the call was refused or only read
        operation (None | str):
        detail (AuditRowDetail): what was before and after, as far as it changed
        request_id (None | str):
        ip (None | str):
        user_agent (None | str):
        trace_id (None | str):
        position (int | None):
        hash_ (None | str):
    """

    id: int
    at: datetime.datetime
    actor: str
    action: str
    target: str
    outcome: AuditOutcome
    status: int | None
    operation: None | str
    detail: AuditRowDetail
    request_id: None | str
    ip: None | str
    user_agent: None | str
    trace_id: None | str
    position: int | None
    hash_: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        at = self.at.isoformat()

        actor = self.actor

        action = self.action

        target = self.target

        outcome = self.outcome.value

        status: int | None
        status = self.status

        operation: None | str
        operation = self.operation

        detail = self.detail.to_dict()

        request_id: None | str
        request_id = self.request_id

        ip: None | str
        ip = self.ip

        user_agent: None | str
        user_agent = self.user_agent

        trace_id: None | str
        trace_id = self.trace_id

        position: int | None
        position = self.position

        hash_: None | str
        hash_ = self.hash_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "at": at,
                "actor": actor,
                "action": action,
                "target": target,
                "outcome": outcome,
                "status": status,
                "operation": operation,
                "detail": detail,
                "request_id": request_id,
                "ip": ip,
                "user_agent": user_agent,
                "trace_id": trace_id,
                "position": position,
                "hash": hash_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.audit_row_detail import AuditRowDetail  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        actor = d.pop("actor")

        action = d.pop("action")

        target = d.pop("target")

        outcome = AuditOutcome(d.pop("outcome"))

        def _parse_status(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        status = _parse_status(d.pop("status"))

        def _parse_operation(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        operation = _parse_operation(d.pop("operation"))

        detail = AuditRowDetail.from_dict(d.pop("detail"))

        def _parse_request_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        request_id = _parse_request_id(d.pop("request_id"))

        def _parse_ip(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ip = _parse_ip(d.pop("ip"))

        def _parse_user_agent(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        user_agent = _parse_user_agent(d.pop("user_agent"))

        def _parse_trace_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        trace_id = _parse_trace_id(d.pop("trace_id"))

        def _parse_position(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        position = _parse_position(d.pop("position"))

        def _parse_hash_(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        hash_ = _parse_hash_(d.pop("hash"))

        audit_row = cls(
            id=id,
            at=at,
            actor=actor,
            action=action,
            target=target,
            outcome=outcome,
            status=status,
            operation=operation,
            detail=detail,
            request_id=request_id,
            ip=ip,
            user_agent=user_agent,
            trace_id=trace_id,
            position=position,
            hash_=hash_,
        )

        audit_row.additional_properties = d
        return audit_row

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
