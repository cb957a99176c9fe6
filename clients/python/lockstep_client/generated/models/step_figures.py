from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.step_status import StepStatus

T = TypeVar("T", bound="StepFigures")


@_attrs_define
class StepFigures:
    """What one step took: time from its first claim to its end, tokens, dollars.

    Attributes:
        name (str):
        status (StepStatus): Where a step is.
        duration_ms (int | None):
        tokens (int):
        cost_usd (str):
    """

    name: str
    status: StepStatus
    duration_ms: int | None
    tokens: int
    cost_usd: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        status = self.status.value

        duration_ms: int | None
        duration_ms = self.duration_ms

        tokens = self.tokens

        cost_usd = self.cost_usd

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "status": status,
                "duration_ms": duration_ms,
                "tokens": tokens,
                "cost_usd": cost_usd,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        status = StepStatus(d.pop("status"))

        def _parse_duration_ms(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        duration_ms = _parse_duration_ms(d.pop("duration_ms"))

        tokens = d.pop("tokens")

        cost_usd = d.pop("cost_usd")

        step_figures = cls(
            name=name,
            status=status,
            duration_ms=duration_ms,
            tokens=tokens,
            cost_usd=cost_usd,
        )

        step_figures.additional_properties = d
        return step_figures

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
