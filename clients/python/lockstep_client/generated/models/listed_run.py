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
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.forked_from import ForkedFrom
    from ..models.listed_run_budget import ListedRunBudget
    from ..models.listed_run_error_type_0 import ListedRunErrorType0
    from ..models.listed_run_expired import ListedRunExpired
    from ..models.listed_run_input_type_0 import ListedRunInputType0
    from ..models.listed_run_overrides_type_0 import ListedRunOverridesType0
    from ..models.run_usage import RunUsage


T = TypeVar("T", bound="ListedRun")


@_attrs_define
class ListedRun:
    """A run as it is now; `deadline_at` is when it times out, and null while its clock does not run.

    Of a list: the members that `fields` names, or those that it shows anyway.

        Attributes:
            id (UUID):
            status (RunStatus | Unset): Where a run is; the last five are final, and a run that has one of them keeps it.
            task_id (UUID | Unset):
            task_version (int | Unset):
            input_ (ListedRunInputType0 | None | Unset): null once it has expired, as `expired` says, and for who may not
                read runs
            output (Any | Unset): null for who may not read runs, as `error` and `overrides` are
            error (ListedRunErrorType0 | None | Unset):
            pause_reason (None | PauseReason | Unset):
            generation (int | Unset):
            budget (ListedRunBudget | Unset):
            priority (Priority | Unset): How the steps of a run stand in line while others wait too; every minute of waiting
                is worth a level.
            created_at (datetime.datetime | Unset):
            started_by (None | str | Unset): who has started it, as the audit names its actors, or the step of which run
            started_at (datetime.datetime | None | Unset):
            ended_at (datetime.datetime | None | Unset):
            deadline_at (datetime.datetime | None | Unset):
            trace_id (None | str | Unset):
            usage (RunUsage | Unset): What the run was charged so far, by the ledger.
            forked_from (ForkedFrom | None | Unset):
            overrides (ListedRunOverridesType0 | None | Unset): by step, what a fork changed of its definition; null once it
                has expired
            parent_run_id (None | Unset | UUID): of a run that a step of another run has started, that run
            parent_step (None | str | Unset): the name of that step
            expired (ListedRunExpired | Unset): kinds of its content that have expired, and when: what they had is null
                everywhere
            version (int | Unset):
    """

    id: UUID
    status: RunStatus | Unset = UNSET
    task_id: UUID | Unset = UNSET
    task_version: int | Unset = UNSET
    input_: ListedRunInputType0 | None | Unset = UNSET
    output: Any | Unset = UNSET
    error: ListedRunErrorType0 | None | Unset = UNSET
    pause_reason: None | PauseReason | Unset = UNSET
    generation: int | Unset = UNSET
    budget: ListedRunBudget | Unset = UNSET
    priority: Priority | Unset = UNSET
    created_at: datetime.datetime | Unset = UNSET
    started_by: None | str | Unset = UNSET
    started_at: datetime.datetime | None | Unset = UNSET
    ended_at: datetime.datetime | None | Unset = UNSET
    deadline_at: datetime.datetime | None | Unset = UNSET
    trace_id: None | str | Unset = UNSET
    usage: RunUsage | Unset = UNSET
    forked_from: ForkedFrom | None | Unset = UNSET
    overrides: ListedRunOverridesType0 | None | Unset = UNSET
    parent_run_id: None | Unset | UUID = UNSET
    parent_step: None | str | Unset = UNSET
    expired: ListedRunExpired | Unset = UNSET
    version: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.forked_from import ForkedFrom  # noqa: PLC0415
        from ..models.listed_run_error_type_0 import ListedRunErrorType0  # noqa: PLC0415
        from ..models.listed_run_input_type_0 import ListedRunInputType0  # noqa: PLC0415
        from ..models.listed_run_overrides_type_0 import ListedRunOverridesType0  # noqa: PLC0415

        id = str(self.id)

        status: str | Unset = UNSET
        if not isinstance(self.status, Unset):
            status = self.status.value

        task_id: str | Unset = UNSET
        if not isinstance(self.task_id, Unset):
            task_id = str(self.task_id)

        task_version = self.task_version

        input_: dict[str, Any] | None | Unset
        if isinstance(self.input_, Unset):
            input_ = UNSET
        elif isinstance(self.input_, ListedRunInputType0):
            input_ = self.input_.to_dict()
        else:
            input_ = self.input_

        output = self.output

        error: dict[str, Any] | None | Unset
        if isinstance(self.error, Unset):
            error = UNSET
        elif isinstance(self.error, ListedRunErrorType0):
            error = self.error.to_dict()
        else:
            error = self.error

        pause_reason: None | str | Unset
        if isinstance(self.pause_reason, Unset):
            pause_reason = UNSET
        elif isinstance(self.pause_reason, PauseReason):
            pause_reason = self.pause_reason.value
        else:
            pause_reason = self.pause_reason

        generation = self.generation

        budget: dict[str, Any] | Unset = UNSET
        if not isinstance(self.budget, Unset):
            budget = self.budget.to_dict()

        priority: str | Unset = UNSET
        if not isinstance(self.priority, Unset):
            priority = self.priority.value

        created_at: str | Unset = UNSET
        if not isinstance(self.created_at, Unset):
            created_at = self.created_at.isoformat()

        started_by: None | str | Unset
        if isinstance(self.started_by, Unset):
            started_by = UNSET
        else:
            started_by = self.started_by

        started_at: None | str | Unset
        if isinstance(self.started_at, Unset):
            started_at = UNSET
        elif isinstance(self.started_at, datetime.datetime):
            started_at = self.started_at.isoformat()
        else:
            started_at = self.started_at

        ended_at: None | str | Unset
        if isinstance(self.ended_at, Unset):
            ended_at = UNSET
        elif isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        deadline_at: None | str | Unset
        if isinstance(self.deadline_at, Unset):
            deadline_at = UNSET
        elif isinstance(self.deadline_at, datetime.datetime):
            deadline_at = self.deadline_at.isoformat()
        else:
            deadline_at = self.deadline_at

        trace_id: None | str | Unset
        if isinstance(self.trace_id, Unset):
            trace_id = UNSET
        else:
            trace_id = self.trace_id

        usage: dict[str, Any] | Unset = UNSET
        if not isinstance(self.usage, Unset):
            usage = self.usage.to_dict()

        forked_from: dict[str, Any] | None | Unset
        if isinstance(self.forked_from, Unset):
            forked_from = UNSET
        elif isinstance(self.forked_from, ForkedFrom):
            forked_from = self.forked_from.to_dict()
        else:
            forked_from = self.forked_from

        overrides: dict[str, Any] | None | Unset
        if isinstance(self.overrides, Unset):
            overrides = UNSET
        elif isinstance(self.overrides, ListedRunOverridesType0):
            overrides = self.overrides.to_dict()
        else:
            overrides = self.overrides

        parent_run_id: None | str | Unset
        if isinstance(self.parent_run_id, Unset):
            parent_run_id = UNSET
        elif isinstance(self.parent_run_id, UUID):
            parent_run_id = str(self.parent_run_id)
        else:
            parent_run_id = self.parent_run_id

        parent_step: None | str | Unset
        if isinstance(self.parent_step, Unset):
            parent_step = UNSET
        else:
            parent_step = self.parent_step

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
        if status is not UNSET:
            field_dict["status"] = status
        if task_id is not UNSET:
            field_dict["task_id"] = task_id
        if task_version is not UNSET:
            field_dict["task_version"] = task_version
        if input_ is not UNSET:
            field_dict["input"] = input_
        if output is not UNSET:
            field_dict["output"] = output
        if error is not UNSET:
            field_dict["error"] = error
        if pause_reason is not UNSET:
            field_dict["pause_reason"] = pause_reason
        if generation is not UNSET:
            field_dict["generation"] = generation
        if budget is not UNSET:
            field_dict["budget"] = budget
        if priority is not UNSET:
            field_dict["priority"] = priority
        if created_at is not UNSET:
            field_dict["created_at"] = created_at
        if started_by is not UNSET:
            field_dict["started_by"] = started_by
        if started_at is not UNSET:
            field_dict["started_at"] = started_at
        if ended_at is not UNSET:
            field_dict["ended_at"] = ended_at
        if deadline_at is not UNSET:
            field_dict["deadline_at"] = deadline_at
        if trace_id is not UNSET:
            field_dict["trace_id"] = trace_id
        if usage is not UNSET:
            field_dict["usage"] = usage
        if forked_from is not UNSET:
            field_dict["forked_from"] = forked_from
        if overrides is not UNSET:
            field_dict["overrides"] = overrides
        if parent_run_id is not UNSET:
            field_dict["parent_run_id"] = parent_run_id
        if parent_step is not UNSET:
            field_dict["parent_step"] = parent_step
        if expired is not UNSET:
            field_dict["expired"] = expired
        if version is not UNSET:
            field_dict["version"] = version

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.forked_from import ForkedFrom  # noqa: PLC0415
        from ..models.listed_run_budget import ListedRunBudget  # noqa: PLC0415
        from ..models.listed_run_error_type_0 import ListedRunErrorType0  # noqa: PLC0415
        from ..models.listed_run_expired import ListedRunExpired  # noqa: PLC0415
        from ..models.listed_run_input_type_0 import ListedRunInputType0  # noqa: PLC0415
        from ..models.listed_run_overrides_type_0 import ListedRunOverridesType0  # noqa: PLC0415
        from ..models.run_usage import RunUsage  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        _status = d.pop("status", UNSET)
        status: RunStatus | Unset
        if isinstance(_status, Unset):
            status = UNSET
        else:
            status = RunStatus(_status)

        _task_id = d.pop("task_id", UNSET)
        task_id: UUID | Unset
        if isinstance(_task_id, Unset):
            task_id = UNSET
        else:
            task_id = UUID(_task_id)

        task_version = d.pop("task_version", UNSET)

        def _parse_input_(data: object) -> ListedRunInputType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                input_type_0 = ListedRunInputType0.from_dict(data)

                return input_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ListedRunInputType0 | None | Unset, data)

        input_ = _parse_input_(d.pop("input", UNSET))

        output = d.pop("output", UNSET)

        def _parse_error(data: object) -> ListedRunErrorType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                error_type_0 = ListedRunErrorType0.from_dict(data)

                return error_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ListedRunErrorType0 | None | Unset, data)

        error = _parse_error(d.pop("error", UNSET))

        def _parse_pause_reason(data: object) -> None | PauseReason | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                pause_reason_type_0 = PauseReason(data)

                return pause_reason_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PauseReason | Unset, data)

        pause_reason = _parse_pause_reason(d.pop("pause_reason", UNSET))

        generation = d.pop("generation", UNSET)

        _budget = d.pop("budget", UNSET)
        budget: ListedRunBudget | Unset
        if isinstance(_budget, Unset):
            budget = UNSET
        else:
            budget = ListedRunBudget.from_dict(_budget)

        _priority = d.pop("priority", UNSET)
        priority: Priority | Unset
        if isinstance(_priority, Unset):
            priority = UNSET
        else:
            priority = Priority(_priority)

        _created_at = d.pop("created_at", UNSET)
        created_at: datetime.datetime | Unset
        if isinstance(_created_at, Unset):
            created_at = UNSET
        else:
            created_at = datetime.datetime.fromisoformat(_created_at)

        def _parse_started_by(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        started_by = _parse_started_by(d.pop("started_by", UNSET))

        def _parse_started_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                started_at_type_0 = datetime.datetime.fromisoformat(data)

                return started_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        started_at = _parse_started_at(d.pop("started_at", UNSET))

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

        def _parse_deadline_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                deadline_at_type_0 = datetime.datetime.fromisoformat(data)

                return deadline_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        deadline_at = _parse_deadline_at(d.pop("deadline_at", UNSET))

        def _parse_trace_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        trace_id = _parse_trace_id(d.pop("trace_id", UNSET))

        _usage = d.pop("usage", UNSET)
        usage: RunUsage | Unset
        if isinstance(_usage, Unset):
            usage = UNSET
        else:
            usage = RunUsage.from_dict(_usage)

        def _parse_forked_from(data: object) -> ForkedFrom | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                forked_from_type_0 = ForkedFrom.from_dict(data)

                return forked_from_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ForkedFrom | None | Unset, data)

        forked_from = _parse_forked_from(d.pop("forked_from", UNSET))

        def _parse_overrides(data: object) -> ListedRunOverridesType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                overrides_type_0 = ListedRunOverridesType0.from_dict(data)

                return overrides_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ListedRunOverridesType0 | None | Unset, data)

        overrides = _parse_overrides(d.pop("overrides", UNSET))

        def _parse_parent_run_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                parent_run_id_type_0 = UUID(data)

                return parent_run_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        parent_run_id = _parse_parent_run_id(d.pop("parent_run_id", UNSET))

        def _parse_parent_step(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        parent_step = _parse_parent_step(d.pop("parent_step", UNSET))

        _expired = d.pop("expired", UNSET)
        expired: ListedRunExpired | Unset
        if isinstance(_expired, Unset):
            expired = UNSET
        else:
            expired = ListedRunExpired.from_dict(_expired)

        version = d.pop("version", UNSET)

        listed_run = cls(
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

        listed_run.additional_properties = d
        return listed_run

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
