from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Tokens")


@_attrs_define
class Tokens:
    """`cached_input` and `cache_write` are part of `input`, `reasoning` is part of `output`.

    Attributes:
        input_ (int):
        cached_input (int):
        cache_write (int):
        output (int):
        reasoning (int):
        total (int):
    """

    input_: int
    cached_input: int
    cache_write: int
    output: int
    reasoning: int
    total: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        input_ = self.input_

        cached_input = self.cached_input

        cache_write = self.cache_write

        output = self.output

        reasoning = self.reasoning

        total = self.total

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "input": input_,
                "cached_input": cached_input,
                "cache_write": cache_write,
                "output": output,
                "reasoning": reasoning,
                "total": total,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        input_ = d.pop("input")

        cached_input = d.pop("cached_input")

        cache_write = d.pop("cache_write")

        output = d.pop("output")

        reasoning = d.pop("reasoning")

        total = d.pop("total")

        tokens = cls(
            input_=input_,
            cached_input=cached_input,
            cache_write=cache_write,
            output=output,
            reasoning=reasoning,
            total=total,
        )

        tokens.additional_properties = d
        return tokens

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
