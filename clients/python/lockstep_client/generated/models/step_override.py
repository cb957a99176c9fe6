from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.step_override_arguments_type_0 import StepOverrideArgumentsType0


T = TypeVar("T", bound="StepOverride")


@_attrs_define
class StepOverride:
    """What replaces the members of the same name in the step's definition, each as a whole.

    Attributes:
        model (None | str | Unset):
        instructions (None | str | Unset):
        prompt (None | str | Unset):
        arguments (None | StepOverrideArgumentsType0 | Unset):
        max_turns (int | None | Unset): of an agent, its turns that are kept included
    """

    model: None | str | Unset = UNSET
    instructions: None | str | Unset = UNSET
    prompt: None | str | Unset = UNSET
    arguments: None | StepOverrideArgumentsType0 | Unset = UNSET
    max_turns: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.step_override_arguments_type_0 import StepOverrideArgumentsType0  # noqa: PLC0415

        model: None | str | Unset
        if isinstance(self.model, Unset):
            model = UNSET
        else:
            model = self.model

        instructions: None | str | Unset
        if isinstance(self.instructions, Unset):
            instructions = UNSET
        else:
            instructions = self.instructions

        prompt: None | str | Unset
        if isinstance(self.prompt, Unset):
            prompt = UNSET
        else:
            prompt = self.prompt

        arguments: dict[str, Any] | None | Unset
        if isinstance(self.arguments, Unset):
            arguments = UNSET
        elif isinstance(self.arguments, StepOverrideArgumentsType0):
            arguments = self.arguments.to_dict()
        else:
            arguments = self.arguments

        max_turns: int | None | Unset
        if isinstance(self.max_turns, Unset):
            max_turns = UNSET
        else:
            max_turns = self.max_turns

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if model is not UNSET:
            field_dict["model"] = model
        if instructions is not UNSET:
            field_dict["instructions"] = instructions
        if prompt is not UNSET:
            field_dict["prompt"] = prompt
        if arguments is not UNSET:
            field_dict["arguments"] = arguments
        if max_turns is not UNSET:
            field_dict["max_turns"] = max_turns

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.step_override_arguments_type_0 import StepOverrideArgumentsType0  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_model(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        model = _parse_model(d.pop("model", UNSET))

        def _parse_instructions(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        instructions = _parse_instructions(d.pop("instructions", UNSET))

        def _parse_prompt(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        prompt = _parse_prompt(d.pop("prompt", UNSET))

        def _parse_arguments(data: object) -> None | StepOverrideArgumentsType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError(f"another type is expected than {type(data).__name__}")
                arguments_type_0 = StepOverrideArgumentsType0.from_dict(data)

                return arguments_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | StepOverrideArgumentsType0 | Unset, data)

        arguments = _parse_arguments(d.pop("arguments", UNSET))

        def _parse_max_turns(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_turns = _parse_max_turns(d.pop("max_turns", UNSET))

        step_override = cls(
            model=model,
            instructions=instructions,
            prompt=prompt,
            arguments=arguments,
            max_turns=max_turns,
        )

        return step_override
