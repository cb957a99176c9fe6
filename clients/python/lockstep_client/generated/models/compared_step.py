from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.changes import Changes
    from ..models.compared_money import ComparedMoney
    from ..models.compared_numbers import ComparedNumbers
    from ..models.compared_status import ComparedStatus


T = TypeVar("T", bound="ComparedStep")


@_attrs_define
class ComparedStep:
    """A step of one name; `same` is whether status and output are equal, whatever they took and cost.

    Attributes:
        name (str):
        same (bool):
        status (ComparedStatus): The statuses of a step; null where a run does not have it.
        output (Changes): The first places in which two documents differ; empty when they are equal.
        turns (ComparedNumbers): A number of each; null where there is none, such as the duration of what has not ended.
        attempts (ComparedNumbers): A number of each; null where there is none, such as the duration of what has not
            ended.
        tokens (ComparedNumbers): A number of each; null where there is none, such as the duration of what has not
            ended.
        cost_usd (ComparedMoney): Decimal dollars of each; null where a run does not have the step.
        duration_ms (ComparedNumbers): A number of each; null where there is none, such as the duration of what has not
            ended.
    """

    name: str
    same: bool
    status: ComparedStatus
    output: Changes
    turns: ComparedNumbers
    attempts: ComparedNumbers
    tokens: ComparedNumbers
    cost_usd: ComparedMoney
    duration_ms: ComparedNumbers
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        same = self.same

        status = self.status.to_dict()

        output = self.output.to_dict()

        turns = self.turns.to_dict()

        attempts = self.attempts.to_dict()

        tokens = self.tokens.to_dict()

        cost_usd = self.cost_usd.to_dict()

        duration_ms = self.duration_ms.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "same": same,
                "status": status,
                "output": output,
                "turns": turns,
                "attempts": attempts,
                "tokens": tokens,
                "cost_usd": cost_usd,
                "duration_ms": duration_ms,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.changes import Changes  # noqa: PLC0415
        from ..models.compared_money import ComparedMoney  # noqa: PLC0415
        from ..models.compared_numbers import ComparedNumbers  # noqa: PLC0415
        from ..models.compared_status import ComparedStatus  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        same = d.pop("same")

        status = ComparedStatus.from_dict(d.pop("status"))

        output = Changes.from_dict(d.pop("output"))

        turns = ComparedNumbers.from_dict(d.pop("turns"))

        attempts = ComparedNumbers.from_dict(d.pop("attempts"))

        tokens = ComparedNumbers.from_dict(d.pop("tokens"))

        cost_usd = ComparedMoney.from_dict(d.pop("cost_usd"))

        duration_ms = ComparedNumbers.from_dict(d.pop("duration_ms"))

        compared_step = cls(
            name=name,
            same=same,
            status=status,
            output=output,
            turns=turns,
            attempts=attempts,
            tokens=tokens,
            cost_usd=cost_usd,
            duration_ms=duration_ms,
        )

        compared_step.additional_properties = d
        return compared_step

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
