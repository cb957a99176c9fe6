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
from ..models.unknown_outcome_policy import UnknownOutcomePolicy
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.agent_step_resources import AgentStepResources
    from ..models.agent_step_workspace_type_0_type_1 import AgentStepWorkspaceType0Type1
    from ..models.agent_tool import AgentTool
    from ..models.budget import Budget
    from ..models.final_output import FinalOutput
    from ..models.retry import Retry
    from ..models.tool_succeeded import ToolSucceeded


T = TypeVar("T", bound="AgentStep")


@_attrs_define
class AgentStep:
    """Lets a model act in turns, with tools, until it answers, a condition holds, or its turns are used up.

    Where `output` asks for a form, the agent ends by a tool `finish` that takes it, or by an answer that has it.
    `context_tokens` is how long a conversation may become before old results of tools are left out of it.

        Attributes:
            name (str):
            kind (Literal['agent']):
            instructions (str):
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
            resources (AgentStepResources | Unset):
            model (str | Unset):  Default: 'default'.
            prompt (str | Unset):  Default: ''.
            tools (list[AgentTool | str] | Unset):
            files (list[Any] | str | Unset):
            max_turns (int | Unset):  Default: 12.
            max_tokens (int | Unset):  Default: 2048.
            context_tokens (int | Unset):  Default: 100000.
            output (FinalOutput | None | Unset):
            stop_when (list[str | ToolSucceeded] | Unset):
            on_unknown_outcome (None | UnknownOutcomePolicy | Unset):
            workspace (AgentStepWorkspaceType0Type1 | Literal['new'] | None | Unset):
    """

    name: str
    kind: Literal["agent"]
    instructions: str
    needs: list[str] | Unset = UNSET
    when: None | str | Unset = UNSET
    foreach: None | str | Unset = UNSET
    max_parallel: int | None | Unset = UNSET
    timeout_seconds: int | Unset = 300
    retry: Retry | Unset = UNSET
    on_failure: None | RecoveryPolicy | Unset = UNSET
    budget: Budget | None | Unset = UNSET
    resources: AgentStepResources | Unset = UNSET
    model: str | Unset = "default"
    prompt: str | Unset = ""
    tools: list[AgentTool | str] | Unset = UNSET
    files: list[Any] | str | Unset = UNSET
    max_turns: int | Unset = 12
    max_tokens: int | Unset = 2048
    context_tokens: int | Unset = 100000
    output: FinalOutput | None | Unset = UNSET
    stop_when: list[str | ToolSucceeded] | Unset = UNSET
    on_unknown_outcome: None | UnknownOutcomePolicy | Unset = UNSET
    workspace: AgentStepWorkspaceType0Type1 | Literal["new"] | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.agent_step_workspace_type_0_type_1 import (
            AgentStepWorkspaceType0Type1,  # noqa: PLC0415
        )
        from ..models.agent_tool import AgentTool  # noqa: PLC0415
        from ..models.budget import Budget  # noqa: PLC0415
        from ..models.final_output import FinalOutput  # noqa: PLC0415
        from ..models.tool_succeeded import ToolSucceeded  # noqa: PLC0415

        name = self.name

        kind = self.kind

        instructions = self.instructions

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

        model = self.model

        prompt = self.prompt

        tools: list[dict[str, Any] | str] | Unset = UNSET
        if not isinstance(self.tools, Unset):
            tools = []
            for tools_item_data in self.tools:
                tools_item: dict[str, Any] | str
                if isinstance(tools_item_data, AgentTool):
                    tools_item = tools_item_data.to_dict()
                else:
                    tools_item = tools_item_data
                tools.append(tools_item)

        files: list[Any] | str | Unset
        if isinstance(self.files, Unset):
            files = UNSET
        elif isinstance(self.files, list):
            files = self.files

        else:
            files = self.files

        max_turns = self.max_turns

        max_tokens = self.max_tokens

        context_tokens = self.context_tokens

        output: dict[str, Any] | None | Unset
        if isinstance(self.output, Unset):
            output = UNSET
        elif isinstance(self.output, FinalOutput):
            output = self.output.to_dict()
        else:
            output = self.output

        stop_when: list[dict[str, Any] | str] | Unset = UNSET
        if not isinstance(self.stop_when, Unset):
            stop_when = []
            for stop_when_item_data in self.stop_when:
                stop_when_item: dict[str, Any] | str
                if isinstance(stop_when_item_data, ToolSucceeded):
                    stop_when_item = stop_when_item_data.to_dict()
                else:
                    stop_when_item = stop_when_item_data
                stop_when.append(stop_when_item)

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
        elif isinstance(self.workspace, AgentStepWorkspaceType0Type1):
            workspace = self.workspace.to_dict()
        else:
            workspace = self.workspace

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "kind": kind,
                "instructions": instructions,
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
        if model is not UNSET:
            field_dict["model"] = model
        if prompt is not UNSET:
            field_dict["prompt"] = prompt
        if tools is not UNSET:
            field_dict["tools"] = tools
        if files is not UNSET:
            field_dict["files"] = files
        if max_turns is not UNSET:
            field_dict["max_turns"] = max_turns
        if max_tokens is not UNSET:
            field_dict["max_tokens"] = max_tokens
        if context_tokens is not UNSET:
            field_dict["context_tokens"] = context_tokens
        if output is not UNSET:
            field_dict["output"] = output
        if stop_when is not UNSET:
            field_dict["stop_when"] = stop_when
        if on_unknown_outcome is not UNSET:
            field_dict["on_unknown_outcome"] = on_unknown_outcome
        if workspace is not UNSET:
            field_dict["workspace"] = workspace

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.agent_step_resources import AgentStepResources  # noqa: PLC0415
        from ..models.agent_step_workspace_type_0_type_1 import (
            AgentStepWorkspaceType0Type1,  # noqa: PLC0415
        )
        from ..models.agent_tool import AgentTool  # noqa: PLC0415
        from ..models.budget import Budget  # noqa: PLC0415
        from ..models.final_output import FinalOutput  # noqa: PLC0415
        from ..models.retry import Retry  # noqa: PLC0415
        from ..models.tool_succeeded import ToolSucceeded  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        kind = cast(Literal["agent"], d.pop("kind"))
        if kind != "agent":
            raise ValueError(f"kind must match const 'agent', got '{kind}'")

        instructions = d.pop("instructions")

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
        resources: AgentStepResources | Unset
        if isinstance(_resources, Unset):
            resources = UNSET
        else:
            resources = AgentStepResources.from_dict(_resources)

        model = d.pop("model", UNSET)

        prompt = d.pop("prompt", UNSET)

        _tools = d.pop("tools", UNSET)
        tools: list[AgentTool | str] | Unset = UNSET
        if _tools is not UNSET:
            tools = []
            for tools_item_data in _tools:

                def _parse_tools_item(data: object) -> AgentTool | str:
                    try:
                        if not isinstance(data, dict):
                            raise TypeError(f"another type is expected than {type(data).__name__}")
                        tools_item_type_1 = AgentTool.from_dict(data)

                        return tools_item_type_1
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    return cast(AgentTool | str, data)

                tools_item = _parse_tools_item(tools_item_data)

                tools.append(tools_item)

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

        max_tokens = d.pop("max_tokens", UNSET)

        context_tokens = d.pop("context_tokens", UNSET)

        def _parse_output(data: object) -> FinalOutput | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                output_type_0 = FinalOutput.from_dict(data)

                return output_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(FinalOutput | None | Unset, data)

        output = _parse_output(d.pop("output", UNSET))

        _stop_when = d.pop("stop_when", UNSET)
        stop_when: list[str | ToolSucceeded] | Unset = UNSET
        if _stop_when is not UNSET:
            stop_when = []
            for stop_when_item_data in _stop_when:

                def _parse_stop_when_item(data: object) -> str | ToolSucceeded:
                    try:
                        if not isinstance(data, dict):
                            raise TypeError(f"another type is expected than {type(data).__name__}")
                        stop_when_item_type_1 = ToolSucceeded.from_dict(data)

                        return stop_when_item_type_1
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    return cast(str | ToolSucceeded, data)

                stop_when_item = _parse_stop_when_item(stop_when_item_data)

                stop_when.append(stop_when_item)

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

        def _parse_workspace(data: object) -> AgentStepWorkspaceType0Type1 | Literal["new"] | None | Unset:
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
                workspace_type_0_type_1 = AgentStepWorkspaceType0Type1.from_dict(data)

                return workspace_type_0_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AgentStepWorkspaceType0Type1 | Literal["new"] | None | Unset, data)

        workspace = _parse_workspace(d.pop("workspace", UNSET))

        agent_step = cls(
            name=name,
            kind=kind,
            instructions=instructions,
            needs=needs,
            when=when,
            foreach=foreach,
            max_parallel=max_parallel,
            timeout_seconds=timeout_seconds,
            retry=retry,
            on_failure=on_failure,
            budget=budget,
            resources=resources,
            model=model,
            prompt=prompt,
            tools=tools,
            files=files,
            max_turns=max_turns,
            max_tokens=max_tokens,
            context_tokens=context_tokens,
            output=output,
            stop_when=stop_when,
            on_unknown_outcome=on_unknown_outcome,
            workspace=workspace,
        )

        return agent_step
