from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeVar,
    cast,
)
from uuid import UUID

from attrs import define as _attrs_define

from ..models.expiry_policy import ExpiryPolicy
from ..models.recovery_policy import RecoveryPolicy
from ..models.role import Role
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.approval_step_form_type_0 import ApprovalStepFormType0
    from ..models.approval_step_resources import ApprovalStepResources
    from ..models.budget import Budget
    from ..models.retry import Retry


T = TypeVar("T", bound="ApprovalStep")


@_attrs_define
class ApprovalStep:
    """Asks somebody, and waits without a worker until one of `roles` or `users` decides, or the request expires.

    Without roles and users every member but viewers may decide. `form` is a JSON Schema for the decision's data.

        Attributes:
            name (str):
            kind (Literal['approval']):
            message (str):
            needs (list[str] | Unset):
            when (None | str | Unset):
            foreach (None | str | Unset):
            max_parallel (int | None | Unset):
            timeout_seconds (int | Unset):  Default: 300.
            retry (Retry | Unset): How often a step is tried in all, and after which failures; without `on`, after those
                that pass by themselves.

                Which names stand in `on` depends on the step: its kind's causes, and the codes of the tool that it runs.
            on_failure (None | RecoveryPolicy | Unset):
            budget (Budget | None | Unset):
            resources (ApprovalStepResources | Unset):
            roles (list[Role] | Unset):
            users (list[UUID] | Unset):
            form (ApprovalStepFormType0 | None | Unset):
            expires_in (int | Unset):  Default: 604800.
            on_expiry (ExpiryPolicy | Unset): What becomes of a step whose request nobody has decided in time.
    """

    name: str
    kind: Literal["approval"]
    message: str
    needs: list[str] | Unset = UNSET
    when: None | str | Unset = UNSET
    foreach: None | str | Unset = UNSET
    max_parallel: int | None | Unset = UNSET
    timeout_seconds: int | Unset = 300
    retry: Retry | Unset = UNSET
    on_failure: None | RecoveryPolicy | Unset = UNSET
    budget: Budget | None | Unset = UNSET
    resources: ApprovalStepResources | Unset = UNSET
    roles: list[Role] | Unset = UNSET
    users: list[UUID] | Unset = UNSET
    form: ApprovalStepFormType0 | None | Unset = UNSET
    expires_in: int | Unset = 604800
    on_expiry: ExpiryPolicy | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.approval_step_form_type_0 import ApprovalStepFormType0  # noqa: PLC0415
        from ..models.budget import Budget  # noqa: PLC0415

        name = self.name

        kind = self.kind

        message = self.message

        needs: list[str] | Unset = UNSET
        if not isinstance(self.needs, Unset):
            needs = self.needs

        when: None | str | Unset
        if isinstance(self.when, Unset):
            when = UNSET
        else:
            when = self.when

        foreach: None | str | Unset
        if isinstance(self.foreach, Unset):
            foreach = UNSET
        else:
            foreach = self.foreach

        max_parallel: int | None | Unset
        if isinstance(self.max_parallel, Unset):
            max_parallel = UNSET
        else:
            max_parallel = self.max_parallel

        timeout_seconds = self.timeout_seconds

        retry: dict[str, Any] | Unset = UNSET
        if not isinstance(self.retry, Unset):
            retry = self.retry.to_dict()

        on_failure: None | str | Unset
        if isinstance(self.on_failure, Unset):
            on_failure = UNSET
        elif isinstance(self.on_failure, RecoveryPolicy):
            on_failure = self.on_failure.value
        else:
            on_failure = self.on_failure

        budget: dict[str, Any] | None | Unset
        if isinstance(self.budget, Unset):
            budget = UNSET
        elif isinstance(self.budget, Budget):
            budget = self.budget.to_dict()
        else:
            budget = self.budget

        resources: dict[str, Any] | Unset = UNSET
        if not isinstance(self.resources, Unset):
            resources = self.resources.to_dict()

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
        elif isinstance(self.form, ApprovalStepFormType0):
            form = self.form.to_dict()
        else:
            form = self.form

        expires_in = self.expires_in

        on_expiry: str | Unset = UNSET
        if not isinstance(self.on_expiry, Unset):
            on_expiry = self.on_expiry.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "kind": kind,
                "message": message,
            }
        )
        if needs is not UNSET:
            field_dict["needs"] = needs
        if when is not UNSET:
            field_dict["when"] = when
        if foreach is not UNSET:
            field_dict["foreach"] = foreach
        if max_parallel is not UNSET:
            field_dict["max_parallel"] = max_parallel
        if timeout_seconds is not UNSET:
            field_dict["timeout_seconds"] = timeout_seconds
        if retry is not UNSET:
            field_dict["retry"] = retry
        if on_failure is not UNSET:
            field_dict["on_failure"] = on_failure
        if budget is not UNSET:
            field_dict["budget"] = budget
        if resources is not UNSET:
            field_dict["resources"] = resources
        if roles is not UNSET:
            field_dict["roles"] = roles
        if users is not UNSET:
            field_dict["users"] = users
        if form is not UNSET:
            field_dict["form"] = form
        if expires_in is not UNSET:
            field_dict["expires_in"] = expires_in
        if on_expiry is not UNSET:
            field_dict["on_expiry"] = on_expiry

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.approval_step_form_type_0 import ApprovalStepFormType0  # noqa: PLC0415
        from ..models.approval_step_resources import ApprovalStepResources  # noqa: PLC0415
        from ..models.budget import Budget  # noqa: PLC0415
        from ..models.retry import Retry  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        kind = cast(Literal["approval"], d.pop("kind"))
        if kind != "approval":
            raise ValueError(f"kind must match const 'approval', got '{kind}'")

        message = d.pop("message")

        needs = cast(list[str], d.pop("needs", UNSET))

        def _parse_when(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        when = _parse_when(d.pop("when", UNSET))

        def _parse_foreach(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        foreach = _parse_foreach(d.pop("foreach", UNSET))

        def _parse_max_parallel(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_parallel = _parse_max_parallel(d.pop("max_parallel", UNSET))

        timeout_seconds = d.pop("timeout_seconds", UNSET)

        _retry = d.pop("retry", UNSET)
        retry: Retry | Unset
        if isinstance(_retry, Unset):
            retry = UNSET
        else:
            retry = Retry.from_dict(_retry)

        def _parse_on_failure(data: object) -> None | RecoveryPolicy | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                on_failure_type_0 = RecoveryPolicy(data)

                return on_failure_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RecoveryPolicy | Unset, data)

        on_failure = _parse_on_failure(d.pop("on_failure", UNSET))

        def _parse_budget(data: object) -> Budget | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                budget_type_0 = Budget.from_dict(data)

                return budget_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Budget | None | Unset, data)

        budget = _parse_budget(d.pop("budget", UNSET))

        _resources = d.pop("resources", UNSET)
        resources: ApprovalStepResources | Unset
        if isinstance(_resources, Unset):
            resources = UNSET
        else:
            resources = ApprovalStepResources.from_dict(_resources)

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

        def _parse_form(data: object) -> ApprovalStepFormType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                form_type_0 = ApprovalStepFormType0.from_dict(data)

                return form_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ApprovalStepFormType0 | None | Unset, data)

        form = _parse_form(d.pop("form", UNSET))

        expires_in = d.pop("expires_in", UNSET)

        _on_expiry = d.pop("on_expiry", UNSET)
        on_expiry: ExpiryPolicy | Unset
        if isinstance(_on_expiry, Unset):
            on_expiry = UNSET
        else:
            on_expiry = ExpiryPolicy(_on_expiry)

        approval_step = cls(
            name=name,
            kind=kind,
            message=message,
            needs=needs,
            when=when,
            foreach=foreach,
            max_parallel=max_parallel,
            timeout_seconds=timeout_seconds,
            retry=retry,
            on_failure=on_failure,
            budget=budget,
            resources=resources,
            roles=roles,
            users=users,
            form=form,
            expires_in=expires_in,
            on_expiry=on_expiry,
        )

        return approval_step
