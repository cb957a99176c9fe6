from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.approval_status import ApprovalStatus
from ..models.expiry_policy import ExpiryPolicy
from ..models.role import Role

if TYPE_CHECKING:
    from ..models.approval_view_expired import ApprovalViewExpired
    from ..models.approval_view_form_type_0 import ApprovalViewFormType0
    from ..models.call_view import CallView


T = TypeVar("T", bound="ApprovalView")


@_attrs_define
class ApprovalView:
    """A request. `status` is `expired` whatever its expiry meant for the step, which `on_expiry` says.

    Attributes:
        id (UUID):
        run_id (UUID):
        step_id (UUID):
        step (str): the step's name
        status (ApprovalStatus): `expired` whatever the expiry meant; `cancelled` when the step ended in another way.
        message (None | str): null once it has expired, and for who may not read approvals, as all content is
        roles (list[Role]): who may decide; without roles and users every member but viewers may
        users (list[UUID]):
        form (ApprovalViewFormType0 | None): the JSON Schema that the data of a decision must satisfy
        on_expiry (ExpiryPolicy): What becomes of a step whose request nobody has decided in time.
        requested_at (datetime.datetime):
        expires_at (datetime.datetime):
        ended_at (datetime.datetime | None):
        decided_by (None | UUID):
        comment (None | str):
        data (Any):
        call (CallView | None): of an agent that asks about a call of a tool
        expired (ApprovalViewExpired): kinds of its run's content that have expired, and when: what they had is null
        version (int):
    """

    id: UUID
    run_id: UUID
    step_id: UUID
    step: str
    status: ApprovalStatus
    message: None | str
    roles: list[Role]
    users: list[UUID]
    form: ApprovalViewFormType0 | None
    on_expiry: ExpiryPolicy
    requested_at: datetime.datetime
    expires_at: datetime.datetime
    ended_at: datetime.datetime | None
    decided_by: None | UUID
    comment: None | str
    data: Any
    call: CallView | None
    expired: ApprovalViewExpired
    version: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.approval_view_form_type_0 import ApprovalViewFormType0  # noqa: PLC0415
        from ..models.call_view import CallView  # noqa: PLC0415

        id = str(self.id)

        run_id = str(self.run_id)

        step_id = str(self.step_id)

        step = self.step

        status = self.status.value

        message: None | str
        message = self.message

        roles = []
        for roles_item_data in self.roles:
            roles_item = roles_item_data.value
            roles.append(roles_item)

        users = []
        for users_item_data in self.users:
            users_item = str(users_item_data)
            users.append(users_item)

        form: dict[str, Any] | None
        if isinstance(self.form, ApprovalViewFormType0):
            form = self.form.to_dict()
        else:
            form = self.form

        on_expiry = self.on_expiry.value

        requested_at = self.requested_at.isoformat()

        expires_at = self.expires_at.isoformat()

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        decided_by: None | str
        if isinstance(self.decided_by, UUID):
            decided_by = str(self.decided_by)
        else:
            decided_by = self.decided_by

        comment: None | str
        comment = self.comment

        data = self.data

        call: dict[str, Any] | None
        if isinstance(self.call, CallView):
            call = self.call.to_dict()
        else:
            call = self.call

        expired = self.expired.to_dict()

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "run_id": run_id,
                "step_id": step_id,
                "step": step,
                "status": status,
                "message": message,
                "roles": roles,
                "users": users,
                "form": form,
                "on_expiry": on_expiry,
                "requested_at": requested_at,
                "expires_at": expires_at,
                "ended_at": ended_at,
                "decided_by": decided_by,
                "comment": comment,
                "data": data,
                "call": call,
                "expired": expired,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.approval_view_expired import ApprovalViewExpired  # noqa: PLC0415
        from ..models.approval_view_form_type_0 import ApprovalViewFormType0  # noqa: PLC0415
        from ..models.call_view import CallView  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        run_id = UUID(d.pop("run_id"))

        step_id = UUID(d.pop("step_id"))

        step = d.pop("step")

        status = ApprovalStatus(d.pop("status"))

        def _parse_message(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        message = _parse_message(d.pop("message"))

        roles = []
        _roles = d.pop("roles")
        for roles_item_data in _roles:
            roles_item = Role(roles_item_data)

            roles.append(roles_item)

        users = []
        _users = d.pop("users")
        for users_item_data in _users:
            users_item = UUID(users_item_data)

            users.append(users_item)

        def _parse_form(data: object) -> ApprovalViewFormType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                form_type_0 = ApprovalViewFormType0.from_dict(data)

                return form_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ApprovalViewFormType0 | None, data)

        form = _parse_form(d.pop("form"))

        on_expiry = ExpiryPolicy(d.pop("on_expiry"))

        requested_at = datetime.datetime.fromisoformat(d.pop("requested_at"))

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

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

        def _parse_decided_by(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                decided_by_type_0 = UUID(data)

                return decided_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        decided_by = _parse_decided_by(d.pop("decided_by"))

        def _parse_comment(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        comment = _parse_comment(d.pop("comment"))

        data = d.pop("data")

        def _parse_call(data: object) -> CallView | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                call_type_0 = CallView.from_dict(data)

                return call_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CallView | None, data)

        call = _parse_call(d.pop("call"))

        expired = ApprovalViewExpired.from_dict(d.pop("expired"))

        version = d.pop("version")

        approval_view = cls(
            id=id,
            run_id=run_id,
            step_id=step_id,
            step=step,
            status=status,
            message=message,
            roles=roles,
            users=users,
            form=form,
            on_expiry=on_expiry,
            requested_at=requested_at,
            expires_at=expires_at,
            ended_at=ended_at,
            decided_by=decided_by,
            comment=comment,
            data=data,
            call=call,
            expired=expired,
            version=version,
        )

        approval_view.additional_properties = d
        return approval_view

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
