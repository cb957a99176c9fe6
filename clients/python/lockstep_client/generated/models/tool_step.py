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

from ..models.recovery_policy import RecoveryPolicy
from ..models.tool_effect import ToolEffect
from ..models.unknown_outcome_policy import UnknownOutcomePolicy
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.budget import Budget
    from ..models.retry import Retry
    from ..models.tool_step_arguments import ToolStepArguments
    from ..models.tool_step_resources import ToolStepResources
    from ..models.tool_step_workspace_type_0_type_1 import ToolStepWorkspaceType0Type1


T = TypeVar("T", bound="ToolStep")


@_attrs_define
class ToolStep:
    """Runs one tool once; `arguments.files` are staged for it. What the tool calls literal is no template.

    `effect` is what running it twice would mean, where whoever wrote its arguments knows better than the tool.

        Attributes:
            name (str):
            kind (Literal['tool']):
            tool (str):
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
            resources (ToolStepResources | Unset):
            arguments (ToolStepArguments | Unset):
            effect (None | ToolEffect | Unset):
            on_unknown_outcome (None | UnknownOutcomePolicy | Unset):
            workspace (Literal['new'] | None | ToolStepWorkspaceType0Type1 | Unset):
    """

    name: str
    kind: Literal["tool"]
    tool: str
    needs: list[str] | Unset = UNSET
    when: None | str | Unset = UNSET
    foreach: None | str | Unset = UNSET
    max_parallel: int | None | Unset = UNSET
    timeout_seconds: int | Unset = 300
    retry: Retry | Unset = UNSET
    on_failure: None | RecoveryPolicy | Unset = UNSET
    budget: Budget | None | Unset = UNSET
    resources: ToolStepResources | Unset = UNSET
    arguments: ToolStepArguments | Unset = UNSET
    effect: None | ToolEffect | Unset = UNSET
    on_unknown_outcome: None | UnknownOutcomePolicy | Unset = UNSET
    workspace: Literal["new"] | None | ToolStepWorkspaceType0Type1 | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.budget import Budget  # noqa: PLC0415
        from ..models.tool_step_workspace_type_0_type_1 import (
            ToolStepWorkspaceType0Type1,  # noqa: PLC0415
        )

        name = self.name

        kind = self.kind

        tool = self.tool

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

        arguments: dict[str, Any] | Unset = UNSET
        if not isinstance(self.arguments, Unset):
            arguments = self.arguments.to_dict()

        effect: None | str | Unset
        if isinstance(self.effect, Unset):
            effect = UNSET
        elif isinstance(self.effect, ToolEffect):
            effect = self.effect.value
        else:
            effect = self.effect

        on_unknown_outcome: None | str | Unset
        if isinstance(self.on_unknown_outcome, Unset):
            on_unknown_outcome = UNSET
        elif isinstance(self.on_unknown_outcome, UnknownOutcomePolicy):
            on_unknown_outcome = self.on_unknown_outcome.value
        else:
            on_unknown_outcome = self.on_unknown_outcome

        workspace: dict[str, Any] | Literal["new"] | None | Unset
        if isinstance(self.workspace, Unset):
            workspace = UNSET
        elif isinstance(self.workspace, ToolStepWorkspaceType0Type1):
            workspace = self.workspace.to_dict()
        else:
            workspace = self.workspace

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "kind": kind,
                "tool": tool,
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
        if arguments is not UNSET:
            field_dict["arguments"] = arguments
        if effect is not UNSET:
            field_dict["effect"] = effect
        if on_unknown_outcome is not UNSET:
            field_dict["on_unknown_outcome"] = on_unknown_outcome
        if workspace is not UNSET:
            field_dict["workspace"] = workspace

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.budget import Budget  # noqa: PLC0415
        from ..models.retry import Retry  # noqa: PLC0415
        from ..models.tool_step_arguments import ToolStepArguments  # noqa: PLC0415
        from ..models.tool_step_resources import ToolStepResources  # noqa: PLC0415
        from ..models.tool_step_workspace_type_0_type_1 import (
            ToolStepWorkspaceType0Type1,  # noqa: PLC0415
        )

        d = dict(src_dict)
        name = d.pop("name")

        kind = cast(Literal["tool"], d.pop("kind"))
        if kind != "tool":
            raise ValueError(f"kind must match const 'tool', got '{kind}'")

        tool = d.pop("tool")

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
        resources: ToolStepResources | Unset
        if isinstance(_resources, Unset):
            resources = UNSET
        else:
            resources = ToolStepResources.from_dict(_resources)

        _arguments = d.pop("arguments", UNSET)
        arguments: ToolStepArguments | Unset
        if isinstance(_arguments, Unset):
            arguments = UNSET
        else:
            arguments = ToolStepArguments.from_dict(_arguments)

        def _parse_effect(data: object) -> None | ToolEffect | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                effect_type_0 = ToolEffect(data)

                return effect_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ToolEffect | Unset, data)

        effect = _parse_effect(d.pop("effect", UNSET))

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

        def _parse_workspace(data: object) -> Literal["new"] | None | ToolStepWorkspaceType0Type1 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            workspace_type_0_type_0 = cast(Literal["new"], data)
            if workspace_type_0_type_0 != "new":
                raise ValueError(f"workspace_type_0_type_0 must match const 'new', got '{workspace_type_0_type_0}'")
            return workspace_type_0_type_0
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                workspace_type_0_type_1 = ToolStepWorkspaceType0Type1.from_dict(data)

                return workspace_type_0_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Literal["new"] | None | ToolStepWorkspaceType0Type1 | Unset, data)

        workspace = _parse_workspace(d.pop("workspace", UNSET))

        tool_step = cls(
            name=name,
            kind=kind,
            tool=tool,
            needs=needs,
            when=when,
            foreach=foreach,
            max_parallel=max_parallel,
            timeout_seconds=timeout_seconds,
            retry=retry,
            on_failure=on_failure,
            budget=budget,
            resources=resources,
            arguments=arguments,
            effect=effect,
            on_unknown_outcome=on_unknown_outcome,
            workspace=workspace,
        )

        return tool_step
