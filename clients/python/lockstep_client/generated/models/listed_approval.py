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
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.call_view import CallView
    from ..models.listed_approval_expired import ListedApprovalExpired
    from ..models.listed_approval_form_type_0 import ListedApprovalFormType0


T = TypeVar("T", bound="ListedApproval")


@_attrs_define
class ListedApproval:
    """A request. `status` is `expired` whatever its expiry meant for the step, which `on_expiry` says.

    Of a list: the members that `fields` names, or those that it shows anyway.

        Attributes:
            id (UUID):
            run_id (UUID | Unset):
            step_id (UUID | Unset):
            step (str | Unset): the step's name
            status (ApprovalStatus | Unset): `expired` whatever the expiry meant; `cancelled` when the step ended in another
                way.
            message (None | str | Unset): null once it has expired, and for who may not read approvals, as all content is
            roles (list[Role] | Unset): who may decide; without roles and users every member but viewers may
            users (list[UUID] | Unset):
            form (ListedApprovalFormType0 | None | Unset): the JSON Schema that the data of a decision must satisfy
            on_expiry (ExpiryPolicy | Unset): What becomes of a step whose request nobody has decided in time.
            requested_at (datetime.datetime | Unset):
            expires_at (datetime.datetime | Unset):
            ended_at (datetime.datetime | None | Unset):
            decided_by (None | Unset | UUID):
            comment (None | str | Unset):
            data (Any | Unset):
            call (CallView | None | Unset): of an agent that asks about a call of a tool
            expired (ListedApprovalExpired | Unset): kinds of its run's content that have expired, and when: what they had
                is null
            version (int | Unset):
    """

    id: UUID
    run_id: UUID | Unset = UNSET
    step_id: UUID | Unset = UNSET
    step: str | Unset = UNSET
    status: ApprovalStatus | Unset = UNSET
    message: None | str | Unset = UNSET
    roles: list[Role] | Unset = UNSET
    users: list[UUID] | Unset = UNSET
    form: ListedApprovalFormType0 | None | Unset = UNSET
    on_expiry: ExpiryPolicy | Unset = UNSET
    requested_at: datetime.datetime | Unset = UNSET
    expires_at: datetime.datetime | Unset = UNSET
    ended_at: datetime.datetime | None | Unset = UNSET
    decided_by: None | Unset | UUID = UNSET
    comment: None | str | Unset = UNSET
    data: Any | Unset = UNSET
    call: CallView | None | Unset = UNSET
    expired: ListedApprovalExpired | Unset = UNSET
    version: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.call_view import CallView  # noqa: PLC0415
        from ..models.listed_approval_form_type_0 import ListedApprovalFormType0  # noqa: PLC0415

        id = str(self.id)

        run_id: str | Unset = UNSET
        if not isinstance(self.run_id, Unset):
            run_id = str(self.run_id)

        step_id: str | Unset = UNSET
        if not isinstance(self.step_id, Unset):
            step_id = str(self.step_id)

        step = self.step

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value

        message: None | str | Unset
        if isinstance(self.message, Unset):
            message = UNSET
        else:
            message = self.message

        roles: list[str] | Unset = UNSET
        if not isinstance(self.roles, Unset):
            roles = []
            for roles_item_data in self.roles:
                roles_item = roles_item_data.value
                roles.append(roles_item)

        users: list[str] | Unset = UNSET
        if not isinstance(self.users, Unset):
            users = []
            for users_item_data in self.users:
                users_item = str(users_item_data)
                users.append(users_item)

        form: dict[str, Any] | None | Unset
        if isinstance(self.form, Unset):
            form = UNSET
        elif isinstance(self.form, ListedApprovalFormType0):
            form = self.form.to_dict()
        else:
            form = self.form

        on_expiry: str | Unset = UNSET
        if not isinstance(self.on_expiry, Unset):
            on_expiry = self.on_expiry.value

        requested_at: str | Unset = UNSET
        if not isinstance(self.requested_at, Unset):
            requested_at = self.requested_at.isoformat()

        expires_at: str | Unset = UNSET
        if not isinstance(self.expires_at, Unset):
            expires_at = self.expires_at.isoformat()

        ended_at: None | str | Unset
        if isinstance(self.ended_at, Unset):
            ended_at = UNSET
        elif isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        decided_by: None | str | Unset
        if isinstance(self.decided_by, Unset):
            decided_by = UNSET
        elif isinstance(self.decided_by, UUID):
            decided_by = str(self.decided_by)
        else:
            decided_by = self.decided_by

        comment: None | str | Unset
        if isinstance(self.comment, Unset):
            comment = UNSET
        else:
            comment = self.comment

        data = self.data

        call: dict[str, Any] | None | Unset
        if isinstance(self.call, Unset):
            call = UNSET
        elif isinstance(self.call, CallView):
            call = self.call.to_dict()
        else:
            call = self.call

        expired: dict[str, Any] | Unset = UNSET
        if not isinstance(self.expired, Unset):
            expired = self.expired.to_dict()

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
            }
        )
        if run_id is not UNSET:
            field_dict["run_id"] = run_id
        if step_id is not UNSET:
            field_dict["step_id"] = step_id
        if step is not UNSET:
            field_dict["step"] = step
        if status is not UNSET:
            field_dict["status"] = status
        if message is not UNSET:
            field_dict["message"] = message
        if roles is not UNSET:
            field_dict["roles"] = roles
        if users is not UNSET:
            field_dict["users"] = users
        if form is not UNSET:
            field_dict["form"] = form
        if on_expiry is not UNSET:
            field_dict["on_expiry"] = on_expiry
        if requested_at is not UNSET:
            field_dict["requested_at"] = requested_at
        if expires_at is not UNSET:
            field_dict["expires_at"] = expires_at
        if ended_at is not UNSET:
            field_dict["ended_at"] = ended_at
        if decided_by is not UNSET:
            field_dict["decided_by"] = decided_by
        if comment is not UNSET:
            field_dict["comment"] = comment
        if data is not UNSET:
            field_dict["data"] = data
        if call is not UNSET:
            field_dict["call"] = call
        if expired is not UNSET:
            field_dict["expired"] = expired
        if version is not UNSET:
            field_dict["version"] = version

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.call_view import CallView  # noqa: PLC0415
        from ..models.listed_approval_expired import ListedApprovalExpired  # noqa: PLC0415
        from ..models.listed_approval_form_type_0 import ListedApprovalFormType0  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        _run_id = d.pop("run_id", UNSET)
        run_id: UUID | Unset
        if isinstance(_run_id, Unset):
            run_id = UNSET
        else:
            run_id = UUID(_run_id)

        _step_id = d.pop("step_id", UNSET)
        step_id: UUID | Unset
        if isinstance(_step_id, Unset):
            step_id = UNSET
        else:
            step_id = UUID(_step_id)

        step = d.pop("step", UNSET)

        _status = d.pop("status", UNSET)
        status: ApprovalStatus | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = ApprovalStatus(_status)

        def _parse_message(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        message = _parse_message(d.pop("message", UNSET))

        _roles = d.pop("roles", UNSET)
        roles: list[Role] | Unset = UNSET
        if _roles is not UNSET:
            roles = []
            for roles_item_data in _roles:
                roles_item = Role(roles_item_data)

                roles.append(roles_item)

        _users = d.pop("users", UNSET)
        users: list[UUID] | Unset = UNSET
        if _users is not UNSET:
            users = []
            for users_item_data in _users:
                users_item = UUID(users_item_data)

                users.append(users_item)

        def _parse_form(data: object) -> ListedApprovalFormType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                form_type_0 = ListedApprovalFormType0.from_dict(data)

                return form_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ListedApprovalFormType0 | None | Unset, data)

        form = _parse_form(d.pop("form", UNSET))

        _on_expiry = d.pop("on_expiry", UNSET)
        on_expiry: ExpiryPolicy | Unset
        if isinstance(_on_expiry, Unset):
            on_expiry = UNSET
        else:
            on_expiry = ExpiryPolicy(_on_expiry)

        _requested_at = d.pop("requested_at", UNSET)
        requested_at: datetime.datetime | Unset
        if isinstance(_requested_at, Unset):
            requested_at = UNSET
        else:
            requested_at = datetime.datetime.fromisoformat(_requested_at)

        _expires_at = d.pop("expires_at", UNSET)
        expires_at: datetime.datetime | Unset
        if isinstance(_expires_at, Unset):
            expires_at = UNSET
        else:
            expires_at = datetime.datetime.fromisoformat(_expires_at)

        def _parse_ended_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        ended_at = _parse_ended_at(d.pop("ended_at", UNSET))

        def _parse_decided_by(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                decided_by_type_0 = UUID(data)

                return decided_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        decided_by = _parse_decided_by(d.pop("decided_by", UNSET))

        def _parse_comment(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        comment = _parse_comment(d.pop("comment", UNSET))

        data = d.pop("data", UNSET)

        def _parse_call(data: object) -> CallView | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                call_type_0 = CallView.from_dict(data)

                return call_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CallView | None | Unset, data)

        call = _parse_call(d.pop("call", UNSET))

        _expired = d.pop("expired", UNSET)
        expired: ListedApprovalExpired | Unset
        if isinstance(_expired, Unset):
            expired = UNSET
        else:
            expired = ListedApprovalExpired.from_dict(_expired)

        version = d.pop("version", UNSET)

        listed_approval = cls(
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

        listed_approval.additional_properties = d
        return listed_approval

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
