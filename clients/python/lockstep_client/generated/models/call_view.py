from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.call_view_arguments_type_0 import CallViewArgumentsType0


T = TypeVar("T", bound="CallView")


@_attrs_define
class CallView:
    """The call of a tool that is to be approved, as its agent's model wrote it; the decision is for this call alone.

    Attributes:
        tool (str):
        arguments (CallViewArgumentsType0 | None): null once they have expired
        turn (int): the agent's turn in which it asks
    """

    tool: str
    arguments: CallViewArgumentsType0 | None
    turn: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.call_view_arguments_type_0 import CallViewArgumentsType0  # noqa: PLC0415

        tool = self.tool

        arguments: dict[str, Any] | None
        if isinstance(self.arguments, CallViewArgumentsType0):
            arguments = self.arguments.to_dict()
        else:
            arguments = self.arguments

        turn = self.turn

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "tool": tool,
                "arguments": arguments,
                "turn": turn,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.call_view_arguments_type_0 import CallViewArgumentsType0  # noqa: PLC0415

        d = dict(src_dict)
        tool = d.pop("tool")

        def _parse_arguments(data: object) -> CallViewArgumentsType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                arguments_type_0 = CallViewArgumentsType0.from_dict(data)

                return arguments_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CallViewArgumentsType0 | None, data)

        arguments = _parse_arguments(d.pop("arguments"))

        turn = d.pop("turn")

        call_view = cls(
            tool=tool,
            arguments=arguments,
            turn=turn,
        )

        call_view.additional_properties = d
        return call_view

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
