from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.cost_class import CostClass
from ..models.sandbox_profile import SandboxProfile
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.tool_effect_view import ToolEffectView
    from ..models.tool_limits_view import ToolLimitsView
    from ..models.tool_view_arguments import ToolViewArguments
    from ..models.tool_view_result import ToolViewResult
    from ..models.tool_view_unusable_agents import ToolViewUnusableAgents


T = TypeVar("T", bound="ToolView")


@_attrs_define
class ToolView:
    """A tool that definitions may name.

    Attributes:
        name (str):
        description (str): what models are told of it
        arguments (ToolViewArguments): JSON Schema of the arguments
        result (ToolViewResult): JSON Schema of `result` in the output of a call
        effect (ToolEffectView): What repeating a call would mean; where it depends on the call, `default` is what holds
            without knowing more.
        cost (CostClass): What a call takes of the machine that runs it, by which launchers decide how many run beside
            each other.

            `light` mostly waits or moves a few files, `compute` keeps one processor busy, `heavy` is a tree of programs
            with
            gigabytes. What a call takes of its tenant's money is another matter, which budgets count.
        profile (SandboxProfile): The kind of sandbox that a tool's jobs run in: its interpreter, its libraries and its
            sizes.
        limits (ToolLimitsView): What one call may take at most; docs/reference/limits.md says what happens beyond.
        failures (list[str]): the codes of its own that a call may fail with, which `retry.on` may name
        needs_egress (bool): whether it does nothing in a task without `egress`
        usable (bool): false where the tenant's policies leave it nothing to do, or no tool runtime can run it
        unusable_agents (ToolViewUnusableAgents): of code_agent: agents that no tool runtime has installed, with the
            reason
        unusable_reason (None | str | Unset):
    """

    name: str
    description: str
    arguments: ToolViewArguments
    result: ToolViewResult
    effect: ToolEffectView
    cost: CostClass
    profile: SandboxProfile
    limits: ToolLimitsView
    failures: list[str]
    needs_egress: bool
    usable: bool
    unusable_agents: ToolViewUnusableAgents
    unusable_reason: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        description = self.description

        arguments = self.arguments.to_dict()

        result = self.result.to_dict()

        effect = self.effect.to_dict()

        cost = self.cost.value

        profile = self.profile.value

        limits = self.limits.to_dict()

        failures = self.failures

        needs_egress = self.needs_egress

        usable = self.usable

        unusable_agents = self.unusable_agents.to_dict()

        unusable_reason: None | str | Unset
        if isinstance(self.unusable_reason, Unset):
            unusable_reason = UNSET
        else:
            unusable_reason = self.unusable_reason

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "description": description,
                "arguments": arguments,
                "result": result,
                "effect": effect,
                "cost": cost,
                "profile": profile,
                "limits": limits,
                "failures": failures,
                "needs_egress": needs_egress,
                "usable": usable,
                "unusable_agents": unusable_agents,
            }
        )
        if unusable_reason is not UNSET:
            field_dict["unusable_reason"] = unusable_reason

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.tool_effect_view import ToolEffectView  # noqa: PLC0415
        from ..models.tool_limits_view import ToolLimitsView  # noqa: PLC0415
        from ..models.tool_view_arguments import ToolViewArguments  # noqa: PLC0415
        from ..models.tool_view_result import ToolViewResult  # noqa: PLC0415
        from ..models.tool_view_unusable_agents import ToolViewUnusableAgents  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        description = d.pop("description")

        arguments = ToolViewArguments.from_dict(d.pop("arguments"))

        result = ToolViewResult.from_dict(d.pop("result"))

        effect = ToolEffectView.from_dict(d.pop("effect"))

        cost = CostClass(d.pop("cost"))

        profile = SandboxProfile(d.pop("profile"))

        limits = ToolLimitsView.from_dict(d.pop("limits"))

        failures = cast(list[str], d.pop("failures"))

        needs_egress = d.pop("needs_egress")

        usable = d.pop("usable")

        unusable_agents = ToolViewUnusableAgents.from_dict(d.pop("unusable_agents"))

        def _parse_unusable_reason(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        unusable_reason = _parse_unusable_reason(d.pop("unusable_reason", UNSET))

        tool_view = cls(
            name=name,
            description=description,
            arguments=arguments,
            result=result,
            effect=effect,
            cost=cost,
            profile=profile,
            limits=limits,
            failures=failures,
            needs_egress=needs_egress,
            usable=usable,
            unusable_agents=unusable_agents,
            unusable_reason=unusable_reason,
        )

        tool_view.additional_properties = d
        return tool_view

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
