from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define

from ..models.crew_step_process import CrewStepProcess
from ..models.recovery_policy import RecoveryPolicy
from ..models.unknown_outcome_policy import UnknownOutcomePolicy
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.budget import Budget
    from ..models.crew_agent import CrewAgent
    from ..models.crew_step_resources import CrewStepResources
    from ..models.crew_task import CrewTask
    from ..models.retry import Retry


T = TypeVar("T", bound="CrewStep")


@_attrs_define
class CrewStep:
    """Lets a crew work through its tasks, one after the other; a hierarchical one is led by a manager.

    `max_turns` bounds the model calls of the whole step. All of it is one dispatch, so `turns` is 1.

        Attributes:
            name (str):
            kind (Literal['crew']):
            agents (list[CrewAgent]):
            tasks (list[CrewTask]):
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
            resources (CrewStepResources | Unset):
            process (CrewStepProcess | Unset):  Default: CrewStepProcess.SEQUENTIAL.
            manager_model (None | str | Unset):
            files (list[Any] | str | Unset):
            max_turns (int | Unset):  Default: 60.
            on_unknown_outcome (None | UnknownOutcomePolicy | Unset):
    """

    name: str
    kind: Literal["crew"]
    agents: list[CrewAgent]
    tasks: list[CrewTask]
    needs: list[str] | Unset = UNSET
    when: None | str | Unset = UNSET
    foreach: None | str | Unset = UNSET
    max_parallel: int | None | Unset = UNSET
    timeout_seconds: int | Unset = 300
    retry: Retry | Unset = UNSET
    on_failure: None | RecoveryPolicy | Unset = UNSET
    budget: Budget | None | Unset = UNSET
    resources: CrewStepResources | Unset = UNSET
    process: CrewStepProcess | Unset = CrewStepProcess.SEQUENTIAL
    manager_model: None | str | Unset = UNSET
    files: list[Any] | str | Unset = UNSET
    max_turns: int | Unset = 60
    on_unknown_outcome: None | UnknownOutcomePolicy | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.budget import Budget  # noqa: PLC0415

        name = self.name

        kind = self.kind

        agents = []
        for agents_item_data in self.agents:
            agents_item = agents_item_data.to_dict()
            agents.append(agents_item)

        tasks = []
        for tasks_item_data in self.tasks:
            tasks_item = tasks_item_data.to_dict()
            tasks.append(tasks_item)

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

        process: str | Unset = UNSET
        if not isinstance(self.process, Unset):
            process = self.process.value

        manager_model: None | str | Unset
        if isinstance(self.manager_model, Unset):
            manager_model = UNSET
        else:
            manager_model = self.manager_model

        files: list[Any] | str | Unset
        if isinstance(self.files, Unset):
            files = UNSET
        elif isinstance(self.files, list):
            files = self.files

        else:
            files = self.files

        max_turns = self.max_turns

        on_unknown_outcome: None | str | Unset
        if isinstance(self.on_unknown_outcome, Unset):
            on_unknown_outcome = UNSET
        elif isinstance(self.on_unknown_outcome, UnknownOutcomePolicy):
            on_unknown_outcome = self.on_unknown_outcome.value
        else:
            on_unknown_outcome = self.on_unknown_outcome

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "kind": kind,
                "agents": agents,
                "tasks": tasks,
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
        if process is not UNSET:
            field_dict["process"] = process
        if manager_model is not UNSET:
            field_dict["manager_model"] = manager_model
        if files is not UNSET:
            field_dict["files"] = files
        if max_turns is not UNSET:
            field_dict["max_turns"] = max_turns
        if on_unknown_outcome is not UNSET:
            field_dict["on_unknown_outcome"] = on_unknown_outcome

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.budget import Budget  # noqa: PLC0415
        from ..models.crew_agent import CrewAgent  # noqa: PLC0415
        from ..models.crew_step_resources import CrewStepResources  # noqa: PLC0415
        from ..models.crew_task import CrewTask  # noqa: PLC0415
        from ..models.retry import Retry  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        kind = cast(Literal["crew"], d.pop("kind"))
        if kind != "crew":
            raise ValueError(f"kind must match const 'crew', got '{kind}'")

        agents = []
        _agents = d.pop("agents")
        for agents_item_data in _agents:
            agents_item = CrewAgent.from_dict(agents_item_data)

            agents.append(agents_item)

        tasks = []
        _tasks = d.pop("tasks")
        for tasks_item_data in _tasks:
            tasks_item = CrewTask.from_dict(tasks_item_data)

            tasks.append(tasks_item)

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
        resources: CrewStepResources | Unset
        if isinstance(_resources, Unset):
            resources = UNSET
        else:
            resources = CrewStepResources.from_dict(_resources)

        _process = d.pop("process", UNSET)
        process: CrewStepProcess | Unset
        if isinstance(_process, Unset):
            process = UNSET
        else:
            process = CrewStepProcess(_process)

        def _parse_manager_model(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        manager_model = _parse_manager_model(d.pop("manager_model", UNSET))

        def _parse_files(data: object) -> list[Any] | str | Unset:
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                files_type_1 = cast(list[Any], data)

                return files_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[Any] | str | Unset, data)

        files = _parse_files(d.pop("files", UNSET))

        max_turns = d.pop("max_turns", UNSET)

        def _parse_on_unknown_outcome(data: object) -> None | UnknownOutcomePolicy | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                on_unknown_outcome_type_0 = UnknownOutcomePolicy(data)

                return on_unknown_outcome_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UnknownOutcomePolicy | Unset, data)

        on_unknown_outcome = _parse_on_unknown_outcome(d.pop("on_unknown_outcome", UNSET))

        crew_step = cls(
            name=name,
            kind=kind,
            agents=agents,
            tasks=tasks,
            needs=needs,
            when=when,
            foreach=foreach,
            max_parallel=max_parallel,
            timeout_seconds=timeout_seconds,
            retry=retry,
            on_failure=on_failure,
            budget=budget,
            resources=resources,
            process=process,
            manager_model=manager_model,
            files=files,
            max_turns=max_turns,
            on_unknown_outcome=on_unknown_outcome,
        )

        return crew_step
