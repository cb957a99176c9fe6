from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.tool_effect import ToolEffect
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.approval_rule import ApprovalRule


T = TypeVar("T", bound="AgentTool")


@_attrs_define
class AgentTool:
    """A tool; `approve` is `always`, one expression that is true for calls to approve, or a whole rule.

    `effect` is what running it twice would mean here, where that is not what the tool itself says.

        Attributes:
            name (str):
            approve (ApprovalRule | None | str | Unset):
            effect (None | ToolEffect | Unset):
    """

    name: str
    approve: ApprovalRule | None | str | Unset = UNSET
    effect: None | ToolEffect | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.approval_rule import ApprovalRule  # noqa: PLC0415

        name = self.name

        approve: dict[str, Any] | None | str | Unset
        if isinstance(self.approve, Unset):
            approve = UNSET
        elif isinstance(self.approve, ApprovalRule):
            approve = self.approve.to_dict()
        else:
            approve = self.approve

        effect: None | str | Unset
        if isinstance(self.effect, Unset):
            effect = UNSET
        elif isinstance(self.effect, ToolEffect):
            effect = self.effect.value
        else:
            effect = self.effect

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
            }
        )
        if approve is not UNSET:
            field_dict["approve"] = approve
        if effect is not UNSET:
            field_dict["effect"] = effect

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.approval_rule import ApprovalRule  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        def _parse_approve(data: object) -> ApprovalRule | None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                approve_type_0 = ApprovalRule.from_dict(data)

                return approve_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ApprovalRule | None | str | Unset, data)

        approve = _parse_approve(d.pop("approve", UNSET))

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

        agent_tool = cls(
            name=name,
            approve=approve,
            effect=effect,
        )

        return agent_tool
