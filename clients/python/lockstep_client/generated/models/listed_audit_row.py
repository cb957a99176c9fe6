from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.audit_outcome import AuditOutcome
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.listed_audit_row_detail import ListedAuditRowDetail


T = TypeVar("T", bound="ListedAuditRow")


@_attrs_define
class ListedAuditRow:
    """What was done, or tried. `position` and `hash` are null for the seconds until the row is sealed.

    Of a list: the members that `fields` names, or those that it shows anyway.

        Attributes:
            id (int):
            at (datetime.datetime | Unset):
            actor (str | Unset): user:<id>, key:<id>, operator:<subject>, or a step whose tool asked its proxy; in the
                platform's audit also subject:<subject>, who acts in no tenant
            action (str | Unset):
            target (str | Unset):
            outcome (AuditOutcome | Unset): How a call ended.
            status (int | None | Unset): of the answer, where the call was refused or only read
            operation (None | str | Unset):
            detail (ListedAuditRowDetail | Unset): what was before and after, as far as it changed
            request_id (None | str | Unset):
            ip (None | str | Unset):
            user_agent (None | str | Unset):
            trace_id (None | str | Unset):
            position (int | None | Unset):
            hash_ (None | str | Unset):
    """

    id: int
    at: datetime.datetime | Unset = UNSET
    actor: str | Unset = UNSET
    action: str | Unset = UNSET
    target: str | Unset = UNSET
    outcome: AuditOutcome | Unset = UNSET
    status: int | None | Unset = UNSET
    operation: None | str | Unset = UNSET
    detail: ListedAuditRowDetail | Unset = UNSET
    request_id: None | str | Unset = UNSET
    ip: None | str | Unset = UNSET
    user_agent: None | str | Unset = UNSET
    trace_id: None | str | Unset = UNSET
    position: int | None | Unset = UNSET
    hash_: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        at: str | Unset = UNSET
        if not isinstance(self.at, Unset):
            at = self.at.isoformat()

        actor = self.actor

        action = self.action

        target = self.target

        outcome: str | Unset = UNSET
        if not isinstance(self.outcome, Unset):
            outcome = self.outcome.value

        status: int | None | Unset
        if isinstance(self.status, Unset):
            status = UNSET
        else:
            status = self.status

        operation: None | str | Unset
        if isinstance(self.operation, Unset):
            operation = UNSET
        else:
            operation = self.operation

        detail: dict[str, Any] | Unset = UNSET
        if not isinstance(self.detail, Unset):
            detail = self.detail.to_dict()

        request_id: None | str | Unset
        if isinstance(self.request_id, Unset):
            request_id = UNSET
        else:
            request_id = self.request_id

        ip: None | str | Unset
        if isinstance(self.ip, Unset):
            ip = UNSET
        else:
            ip = self.ip

        user_agent: None | str | Unset
        if isinstance(self.user_agent, Unset):
            user_agent = UNSET
        else:
            user_agent = self.user_agent

        trace_id: None | str | Unset
        if isinstance(self.trace_id, Unset):
            trace_id = UNSET
        else:
            trace_id = self.trace_id

        position: int | None | Unset
        if isinstance(self.position, Unset):
            position = UNSET
        else:
            position = self.position

        hash_: None | str | Unset
        if isinstance(self.hash_, Unset):
            hash_ = UNSET
        else:
            hash_ = self.hash_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
            }
        )
        if at is not UNSET:
            field_dict["at"] = at
        if actor is not UNSET:
            field_dict["actor"] = actor
        if action is not UNSET:
            field_dict["action"] = action
        if target is not UNSET:
            field_dict["target"] = target
        if outcome is not UNSET:
            field_dict["outcome"] = outcome
        if status is not UNSET:
            field_dict["status"] = status
        if operation is not UNSET:
            field_dict["operation"] = operation
        if detail is not UNSET:
            field_dict["detail"] = detail
        if request_id is not UNSET:
            field_dict["request_id"] = request_id
        if ip is not UNSET:
            field_dict["ip"] = ip
        if user_agent is not UNSET:
            field_dict["user_agent"] = user_agent
        if trace_id is not UNSET:
            field_dict["trace_id"] = trace_id
        if position is not UNSET:
            field_dict["position"] = position
        if hash_ is not UNSET:
            field_dict["hash"] = hash_

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.listed_audit_row_detail import ListedAuditRowDetail  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        _at = d.pop("at", UNSET)
        at: datetime.datetime | Unset
        if isinstance(_at, Unset):
            at = UNSET
        else:
            at = datetime.datetime.fromisoformat(_at)

        actor = d.pop("actor", UNSET)

        action = d.pop("action", UNSET)

        target = d.pop("target", UNSET)

        _outcome = d.pop("outcome", UNSET)
        outcome: AuditOutcome | Unset
        if isinstance(_outcome, Unset):
            outcome = UNSET
        else:
            outcome = AuditOutcome(_outcome)

        def _parse_status(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        status = _parse_status(d.pop("status", UNSET))

        def _parse_operation(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        operation = _parse_operation(d.pop("operation", UNSET))

        _detail = d.pop("detail", UNSET)
        detail: ListedAuditRowDetail | Unset
        if isinstance(_detail, Unset):
            detail = UNSET
        else:
            detail = ListedAuditRowDetail.from_dict(_detail)

        def _parse_request_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        request_id = _parse_request_id(d.pop("request_id", UNSET))

        def _parse_ip(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        ip = _parse_ip(d.pop("ip", UNSET))

        def _parse_user_agent(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        user_agent = _parse_user_agent(d.pop("user_agent", UNSET))

        def _parse_trace_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        trace_id = _parse_trace_id(d.pop("trace_id", UNSET))

        def _parse_position(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        position = _parse_position(d.pop("position", UNSET))

        def _parse_hash_(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        hash_ = _parse_hash_(d.pop("hash", UNSET))

        listed_audit_row = cls(
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

        listed_audit_row.additional_properties = d
        return listed_audit_row

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
