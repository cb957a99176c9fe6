from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.pause_reason import PauseReason
from ..models.priority import Priority
from ..models.run_status import RunStatus

if TYPE_CHECKING:
    from ..models.forked_from import ForkedFrom
    from ..models.run_usage import RunUsage
    from ..models.run_view_budget import RunViewBudget
    from ..models.run_view_error_type_0 import RunViewErrorType0
    from ..models.run_view_expired import RunViewExpired
    from ..models.run_view_input_type_0 import RunViewInputType0
    from ..models.run_view_overrides_type_0 import RunViewOverridesType0


T = TypeVar("T", bound="RunView")


@_attrs_define
class RunView:
    """A run as it is now; `deadline_at` is when it times out, and null while its clock does not run.

    Attributes:
        id (UUID):
        status (RunStatus): Where a run is; the last five are final, and a run that has one of them keeps it.
        task_id (UUID):
        task_version (int):
        input_ (None | RunViewInputType0): null once it has expired, as `expired` says, and for who may not read runs
        output (Any): null for who may not read runs, as `error` and `overrides` are
        error (None | RunViewErrorType0):
        pause_reason (None | PauseReason):
        generation (int):
        budget (RunViewBudget):
        priority (Priority): How the steps of a run stand in line while others wait too; every minute of waiting is
            worth a level.
        created_at (datetime.datetime):
        started_by (None | str): who has started it, as the audit names its actors, or the step of which run
        started_at (datetime.datetime | None):
        ended_at (datetime.datetime | None):
        deadline_at (datetime.datetime | None):
        trace_id (None | str):
        usage (RunUsage): What the run was charged so far, by the ledger.
        forked_from (ForkedFrom | None):
        overrides (None | RunViewOverridesType0): by step, what a fork changed of its definition; null once it has
            expired
        parent_run_id (None | UUID): of a run that a step of another run has started, that run
        parent_step (None | str): the name of that step
        expired (RunViewExpired): kinds of its content that have expired, and when: what they had is null everywhere
        version (int):
    """

    id: UUID
    status: RunStatus
    task_id: UUID
    task_version: int
    input_: None | RunViewInputType0
    output: Any
    error: None | RunViewErrorType0
    pause_reason: None | PauseReason
    generation: int
    budget: RunViewBudget
    priority: Priority
    created_at: datetime.datetime
    started_by: None | str
    started_at: datetime.datetime | None
    ended_at: datetime.datetime | None
    deadline_at: datetime.datetime | None
    trace_id: None | str
    usage: RunUsage
    forked_from: ForkedFrom | None
    overrides: None | RunViewOverridesType0
    parent_run_id: None | UUID
    parent_step: None | str
    expired: RunViewExpired
    version: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.forked_from import ForkedFrom  # noqa: PLC0415
        from ..models.run_view_error_type_0 import RunViewErrorType0  # noqa: PLC0415
        from ..models.run_view_input_type_0 import RunViewInputType0  # noqa: PLC0415
        from ..models.run_view_overrides_type_0 import RunViewOverridesType0  # noqa: PLC0415

        id = str(self.id)

        status = self.status.value

        task_id = str(self.task_id)

        task_version = self.task_version

        input_: dict[str, Any] | None
        if isinstance(self.input_, RunViewInputType0):
            input_ = self.input_.to_dict()
        else:
            input_ = self.input_

        output = self.output

        error: dict[str, Any] | None
        if isinstance(self.error, RunViewErrorType0):
            error = self.error.to_dict()
        else:
            error = self.error

        pause_reason: None | str
        if isinstance(self.pause_reason, PauseReason):
            pause_reason = self.pause_reason.value
        else:
            pause_reason = self.pause_reason

        generation = self.generation

        budget = self.budget.to_dict()

        priority = self.priority.value

        created_at = self.created_at.isoformat()

        started_by: None | str
        started_by = self.started_by

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

        deadline_at: None | str
        if isinstance(self.deadline_at, datetime.datetime):
            deadline_at = self.deadline_at.isoformat()
        else:
            deadline_at = self.deadline_at

        trace_id: None | str
        trace_id = self.trace_id

        usage = self.usage.to_dict()

        forked_from: dict[str, Any] | None
        if isinstance(self.forked_from, ForkedFrom):
            forked_from = self.forked_from.to_dict()
        else:
            forked_from = self.forked_from

        overrides: dict[str, Any] | None
        if isinstance(self.overrides, RunViewOverridesType0):
            overrides = self.overrides.to_dict()
        else:
            overrides = self.overrides

        parent_run_id: None | str
        if isinstance(self.parent_run_id, UUID):
            parent_run_id = str(self.parent_run_id)
        else:
            parent_run_id = self.parent_run_id

        parent_step: None | str
        parent_step = self.parent_step

        expired = self.expired.to_dict()

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "status": status,
                "task_id": task_id,
                "task_version": task_version,
                "input": input_,
                "output": output,
                "error": error,
                "pause_reason": pause_reason,
                "generation": generation,
                "budget": budget,
                "priority": priority,
                "created_at": created_at,
                "started_by": started_by,
                "started_at": started_at,
                "ended_at": ended_at,
                "deadline_at": deadline_at,
                "trace_id": trace_id,
                "usage": usage,
                "forked_from": forked_from,
                "overrides": overrides,
                "parent_run_id": parent_run_id,
                "parent_step": parent_step,
                "expired": expired,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.forked_from import ForkedFrom  # noqa: PLC0415
        from ..models.run_usage import RunUsage  # noqa: PLC0415
        from ..models.run_view_budget import RunViewBudget  # noqa: PLC0415
        from ..models.run_view_error_type_0 import RunViewErrorType0  # noqa: PLC0415
        from ..models.run_view_expired import RunViewExpired  # noqa: PLC0415
        from ..models.run_view_input_type_0 import RunViewInputType0  # noqa: PLC0415
        from ..models.run_view_overrides_type_0 import RunViewOverridesType0  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        status = RunStatus(d.pop("status"))

        task_id = UUID(d.pop("task_id"))

        task_version = d.pop("task_version")

        def _parse_input_(data: object) -> None | RunViewInputType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                input_type_0 = RunViewInputType0.from_dict(data)

                return input_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RunViewInputType0, data)

        input_ = _parse_input_(d.pop("input"))

        output = d.pop("output")

        def _parse_error(data: object) -> None | RunViewErrorType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                error_type_0 = RunViewErrorType0.from_dict(data)

                return error_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RunViewErrorType0, data)

        error = _parse_error(d.pop("error"))

        def _parse_pause_reason(data: object) -> None | PauseReason:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                pause_reason_type_0 = PauseReason(data)

                return pause_reason_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PauseReason, data)

        pause_reason = _parse_pause_reason(d.pop("pause_reason"))

        generation = d.pop("generation")

        budget = RunViewBudget.from_dict(d.pop("budget"))

        priority = Priority(d.pop("priority"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_started_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        started_by = _parse_started_by(d.pop("started_by"))

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

        def _parse_deadline_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                deadline_at_type_0 = datetime.datetime.fromisoformat(data)

                return deadline_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        deadline_at = _parse_deadline_at(d.pop("deadline_at"))

        def _parse_trace_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        trace_id = _parse_trace_id(d.pop("trace_id"))

        usage = RunUsage.from_dict(d.pop("usage"))

        def _parse_forked_from(data: object) -> ForkedFrom | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                forked_from_type_0 = ForkedFrom.from_dict(data)

                return forked_from_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ForkedFrom | None, data)

        forked_from = _parse_forked_from(d.pop("forked_from"))

        def _parse_overrides(data: object) -> None | RunViewOverridesType0:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                overrides_type_0 = RunViewOverridesType0.from_dict(data)

                return overrides_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RunViewOverridesType0, data)

        overrides = _parse_overrides(d.pop("overrides"))

        def _parse_parent_run_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                parent_run_id_type_0 = UUID(data)

                return parent_run_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        parent_run_id = _parse_parent_run_id(d.pop("parent_run_id"))

        def _parse_parent_step(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        parent_step = _parse_parent_step(d.pop("parent_step"))

        expired = RunViewExpired.from_dict(d.pop("expired"))

        version = d.pop("version")

        run_view = cls(
            id=id,
            status=status,
            task_id=task_id,
            task_version=task_version,
            input_=input_,
            output=output,
            error=error,
            pause_reason=pause_reason,
            generation=generation,
            budget=budget,
            priority=priority,
            created_at=created_at,
            started_by=started_by,
            started_at=started_at,
            ended_at=ended_at,
            deadline_at=deadline_at,
            trace_id=trace_id,
            usage=usage,
            forked_from=forked_from,
            overrides=overrides,
            parent_run_id=parent_run_id,
            parent_step=parent_step,
            expired=expired,
            version=version,
        )

        run_view.additional_properties = d
        return run_view

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
