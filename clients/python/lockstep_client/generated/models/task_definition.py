from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.priority import Priority
from ..models.task_definition_on_step_failure import TaskDefinitionOnStepFailure
from ..models.timeout_policy import TimeoutPolicy
from ..models.unknown_outcome_policy import UnknownOutcomePolicy
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.agent_step import AgentStep
    from ..models.approval_step import ApprovalStep
    from ..models.budget import Budget
    from ..models.crew_step import CrewStep
    from ..models.llm_step import LlmStep
    from ..models.noop_step import NoopStep
    from ..models.run_step import RunStep
    from ..models.task_definition_tool_versions import TaskDefinitionToolVersions
    from ..models.task_secret import TaskSecret
    from ..models.tool_step import ToolStep


T = TypeVar("T", bound="TaskDefinition")


@_attrs_define
class TaskDefinition:
    """What a task does. Unknown keys are refused; the graph is checked by `definition_faults`.

    Attributes:
        name (str):
        steps (list[AgentStep | ApprovalStep | CrewStep | LlmStep | NoopStep | RunStep | ToolStep]):
        description (str | Unset):  Default: ''.
        budget (Budget | Unset): Limits of a run or a step; what is left out sets no limit.
        timeout_seconds (int | Unset):  Default: 1800.
        on_timeout (TimeoutPolicy | Unset): Whether a run that ran out of time keeps what it has.
        priority (Priority | Unset): How the steps of a run stand in line while others wait too; every minute of waiting
            is worth a level.
        concurrency (int | None | Unset):
        on_step_failure (TaskDefinitionOnStepFailure | Unset):  Default: TaskDefinitionOnStepFailure.SKIP_DEPENDENTS.
        on_unknown_outcome (UnknownOutcomePolicy | Unset): Who decides about such a call: a person is asked, or the
            definition has decided before.
        egress (list[str] | Unset):
        secrets (list[TaskSecret] | Unset):
        tool_versions (TaskDefinitionToolVersions | Unset):
    """

    name: str
    steps: list[AgentStep | ApprovalStep | CrewStep | LlmStep | NoopStep | RunStep | ToolStep]
    description: str | Unset = ""
    budget: Budget | Unset = UNSET
    timeout_seconds: int | Unset = 1800
    on_timeout: TimeoutPolicy | Unset = UNSET
    priority: Priority | Unset = UNSET
    concurrency: int | None | Unset = UNSET
    on_step_failure: TaskDefinitionOnStepFailure | Unset = TaskDefinitionOnStepFailure.SKIP_DEPENDENTS
    on_unknown_outcome: UnknownOutcomePolicy | Unset = UNSET
    egress: list[str] | Unset = UNSET
    secrets: list[TaskSecret] | Unset = UNSET
    tool_versions: TaskDefinitionToolVersions | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.agent_step import AgentStep  # noqa: PLC0415
        from ..models.approval_step import ApprovalStep  # noqa: PLC0415
        from ..models.crew_step import CrewStep  # noqa: PLC0415
        from ..models.llm_step import LlmStep  # noqa: PLC0415
        from ..models.noop_step import NoopStep  # noqa: PLC0415
        from ..models.tool_step import ToolStep  # noqa: PLC0415

        name = self.name

        steps = []
        for steps_item_data in self.steps:
            steps_item: dict[str, Any]
            if isinstance(steps_item_data, NoopStep):
                steps_item = steps_item_data.to_dict()
            elif isinstance(steps_item_data, ToolStep):
                steps_item = steps_item_data.to_dict()
            elif isinstance(steps_item_data, LlmStep):
                steps_item = steps_item_data.to_dict()
            elif isinstance(steps_item_data, AgentStep):
                steps_item = steps_item_data.to_dict()
            elif isinstance(steps_item_data, CrewStep):
                steps_item = steps_item_data.to_dict()
            elif isinstance(steps_item_data, ApprovalStep):
                steps_item = steps_item_data.to_dict()
            else:
                steps_item = steps_item_data.to_dict()

            steps.append(steps_item)

        description = self.description

        budget: dict[str, Any] | Unset = UNSET
        if not isinstance(self.budget, Unset):
            budget = self.budget.to_dict()

        timeout_seconds = self.timeout_seconds

        on_timeout: str | Unset = UNSET
        if not isinstance(self.on_timeout, Unset):
            on_timeout = self.on_timeout.value

        priority: str | Unset = UNSET
        if not isinstance(self.priority, Unset):
            priority = self.priority.value

        concurrency: int | None | Unset
        if isinstance(self.concurrency, Unset):
            concurrency = UNSET
        else:
            concurrency = self.concurrency

        on_step_failure: str | Unset = UNSET
        if not isinstance(self.on_step_failure, Unset):
            on_step_failure = self.on_step_failure.value

        on_unknown_outcome: str | Unset = UNSET
        if not isinstance(self.on_unknown_outcome, Unset):
            on_unknown_outcome = self.on_unknown_outcome.value

        egress: list[str] | Unset = UNSET
        if not isinstance(self.egress, Unset):
            egress = self.egress

        secrets: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.secrets, Unset):
            secrets = []
            for secrets_item_data in self.secrets:
                secrets_item = secrets_item_data.to_dict()
                secrets.append(secrets_item)

        tool_versions: dict[str, Any] | Unset = UNSET
        if not isinstance(self.tool_versions, Unset):
            tool_versions = self.tool_versions.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "steps": steps,
            }
        )
        if description is not UNSET:
            field_dict["description"] = description
        if budget is not UNSET:
            field_dict["budget"] = budget
        if timeout_seconds is not UNSET:
            field_dict["timeout_seconds"] = timeout_seconds
        if on_timeout is not UNSET:
            field_dict["on_timeout"] = on_timeout
        if priority is not UNSET:
            field_dict["priority"] = priority
        if concurrency is not UNSET:
            field_dict["concurrency"] = concurrency
        if on_step_failure is not UNSET:
            field_dict["on_step_failure"] = on_step_failure
        if on_unknown_outcome is not UNSET:
            field_dict["on_unknown_outcome"] = on_unknown_outcome
        if egress is not UNSET:
            field_dict["egress"] = egress
        if secrets is not UNSET:
            field_dict["secrets"] = secrets
        if tool_versions is not UNSET:
            field_dict["tool_versions"] = tool_versions

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.agent_step import AgentStep  # noqa: PLC0415
        from ..models.approval_step import ApprovalStep  # noqa: PLC0415
        from ..models.budget import Budget  # noqa: PLC0415
        from ..models.crew_step import CrewStep  # noqa: PLC0415
        from ..models.llm_step import LlmStep  # noqa: PLC0415
        from ..models.noop_step import NoopStep  # noqa: PLC0415
        from ..models.run_step import RunStep  # noqa: PLC0415
        from ..models.task_definition_tool_versions import TaskDefinitionToolVersions  # noqa: PLC0415
        from ..models.task_secret import TaskSecret  # noqa: PLC0415
        from ..models.tool_step import ToolStep  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        steps = []
        _steps = d.pop("steps")
        for steps_item_data in _steps:

            def _parse_steps_item(
                data: object,
            ) -> AgentStep | ApprovalStep | CrewStep | LlmStep | NoopStep | RunStep | ToolStep:
                errors: list[Exception] = []
                try:
                    if not isinstance(data, dict):
                        raise TypeError(f"another type is expected than {type(data).__name__}")
                    steps_item_type_0 = NoopStep.from_dict(data)

                    return steps_item_type_0
                except (TypeError, ValueError, AttributeError, KeyError) as error:
                    errors.append(error)
                try:
                    if not isinstance(data, dict):
                        raise TypeError(f"another type is expected than {type(data).__name__}")
                    steps_item_type_1 = ToolStep.from_dict(data)

                    return steps_item_type_1
                except (TypeError, ValueError, AttributeError, KeyError) as error:
                    errors.append(error)
                try:
                    if not isinstance(data, dict):
                        raise TypeError(f"another type is expected than {type(data).__name__}")
                    steps_item_type_2 = LlmStep.from_dict(data)

                    return steps_item_type_2
                except (TypeError, ValueError, AttributeError, KeyError) as error:
                    errors.append(error)
                try:
                    if not isinstance(data, dict):
                        raise TypeError(f"another type is expected than {type(data).__name__}")
                    steps_item_type_3 = AgentStep.from_dict(data)

                    return steps_item_type_3
                except (TypeError, ValueError, AttributeError, KeyError) as error:
                    errors.append(error)
                try:
                    if not isinstance(data, dict):
                        raise TypeError(f"another type is expected than {type(data).__name__}")
                    steps_item_type_4 = CrewStep.from_dict(data)

                    return steps_item_type_4
                except (TypeError, ValueError, AttributeError, KeyError) as error:
                    errors.append(error)
                try:
                    if not isinstance(data, dict):
                        raise TypeError(f"another type is expected than {type(data).__name__}")
                    steps_item_type_5 = ApprovalStep.from_dict(data)

                    return steps_item_type_5
                except (TypeError, ValueError, AttributeError, KeyError) as error:
                    errors.append(error)
                try:
                    if not isinstance(data, dict):
                        raise TypeError(f"another type is expected than {type(data).__name__}")
                    steps_item_type_6 = RunStep.from_dict(data)

                    return steps_item_type_6
                except (TypeError, ValueError, AttributeError, KeyError) as error:
                    errors.append(error)
                for told in errors:
                    if isinstance(told, KeyError) or (str(told) and "must match const" not in str(told)):
                        raise told
                raise ValueError("; ".join(map(str, errors)))

            steps_item = _parse_steps_item(steps_item_data)

            steps.append(steps_item)

        description = d.pop("description", UNSET)

        _budget = d.pop("budget", UNSET)
        budget: Budget | Unset
        if isinstance(_budget, Unset):
            budget = UNSET
        else:
            budget = Budget.from_dict(_budget)

        timeout_seconds = d.pop("timeout_seconds", UNSET)

        _on_timeout = d.pop("on_timeout", UNSET)
        on_timeout: TimeoutPolicy | Unset
        if isinstance(_on_timeout, Unset):
            on_timeout = UNSET
        else:
            on_timeout = TimeoutPolicy(_on_timeout)

        _priority = d.pop("priority", UNSET)
        priority: Priority | Unset
        if isinstance(_priority, Unset):
            priority = UNSET
        else:
            priority = Priority(_priority)

        def _parse_concurrency(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        concurrency = _parse_concurrency(d.pop("concurrency", UNSET))

        _on_step_failure = d.pop("on_step_failure", UNSET)
        on_step_failure: TaskDefinitionOnStepFailure | Unset
        if isinstance(_on_step_failure, Unset):
            on_step_failure = UNSET
        else:
            on_step_failure = TaskDefinitionOnStepFailure(_on_step_failure)

        _on_unknown_outcome = d.pop("on_unknown_outcome", UNSET)
        on_unknown_outcome: UnknownOutcomePolicy | Unset
        if isinstance(_on_unknown_outcome, Unset):
            on_unknown_outcome = UNSET
        else:
            on_unknown_outcome = UnknownOutcomePolicy(_on_unknown_outcome)

        egress = cast(list[str], d.pop("egress", UNSET))

        _secrets = d.pop("secrets", UNSET)
        secrets: list[TaskSecret] | Unset = UNSET
        if _secrets is not UNSET:
            secrets = []
            for secrets_item_data in _secrets:
                secrets_item = TaskSecret.from_dict(secrets_item_data)

                secrets.append(secrets_item)

        _tool_versions = d.pop("tool_versions", UNSET)
        tool_versions: TaskDefinitionToolVersions | Unset
        if isinstance(_tool_versions, Unset):
            tool_versions = UNSET
        else:
            tool_versions = TaskDefinitionToolVersions.from_dict(_tool_versions)

        task_definition = cls(
            name=name,
            steps=steps,
            description=description,
            budget=budget,
            timeout_seconds=timeout_seconds,
            on_timeout=on_timeout,
            priority=priority,
            concurrency=concurrency,
            on_step_failure=on_step_failure,
            on_unknown_outcome=on_unknown_outcome,
            egress=egress,
            secrets=secrets,
            tool_versions=tool_versions,
        )

        return task_definition
