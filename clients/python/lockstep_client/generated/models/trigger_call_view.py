from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.call_status import CallStatus
from ..models.refusal_reason import RefusalReason

T = TypeVar("T", bound="TriggerCallView")


@_attrs_define
class TriggerCallView:
    """A call that was signed well; its body is in the input of its run.

    Attributes:
        id (UUID):
        message_id (str): its `webhook-id`
        status (CallStatus): Whether a call that was signed well has started its run.
        reason (None | RefusalReason):
        detail (None | str):
        run_id (None | UUID):
        received_at (datetime.datetime):
    """

    id: UUID
    message_id: str
    status: CallStatus
    reason: None | RefusalReason
    detail: None | str
    run_id: None | UUID
    received_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        message_id = self.message_id

        status = self.status.value

        reason: None | str
        if isinstance(self.reason, RefusalReason):
            reason = self.reason.value
        else:
            reason = self.reason

        detail: None | str
        detail = self.detail

        run_id: None | str
        if isinstance(self.run_id, UUID):
            run_id = str(self.run_id)
        else:
            run_id = self.run_id

        received_at = self.received_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "message_id": message_id,
                "status": status,
                "reason": reason,
                "detail": detail,
                "run_id": run_id,
                "received_at": received_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        message_id = d.pop("message_id")

        status = CallStatus(d.pop("status"))

        def _parse_reason(data: object) -> None | RefusalReason:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                reason_type_0 = RefusalReason(data)

                return reason_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RefusalReason, data)

        reason = _parse_reason(d.pop("reason"))

        def _parse_detail(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        detail = _parse_detail(d.pop("detail"))

        def _parse_run_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                run_id_type_0 = UUID(data)

                return run_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        run_id = _parse_run_id(d.pop("run_id"))

        received_at = datetime.datetime.fromisoformat(d.pop("received_at"))

        trigger_call_view = cls(
            id=id,
            message_id=message_id,
            status=status,
            reason=reason,
            detail=detail,
            run_id=run_id,
            received_at=received_at,
        )

        trigger_call_view.additional_properties = d
        return trigger_call_view

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
