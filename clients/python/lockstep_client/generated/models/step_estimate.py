from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.step_kind import StepKind

if TYPE_CHECKING:
    from ..models.cost_figure import CostFigure
    from ..models.figure import Figure


T = TypeVar("T", bound="StepEstimate")


@_attrs_define
class StepEstimate:
    """A step with all the times that it runs; `budget` of the run is not regarded here.

    Attributes:
        name (str):
        kind (StepKind): The kinds that a definition may name; each has one engine.
        runs (Figure): Bounds of a figure. `most` null: nothing bounds it; `unbounded` says why.

            `smooth` is the most of a run in which nothing is tried again and nothing waits, and whose texts are no longer
            than
            usual.
        cost_usd (CostFigure): As `Figure`, in decimal dollars.
        tokens (Figure): Bounds of a figure. `most` null: nothing bounds it; `unbounded` says why.

            `smooth` is the most of a run in which nothing is tried again and nothing waits, and whose texts are no longer
            than
            usual.
        turns (Figure): Bounds of a figure. `most` null: nothing bounds it; `unbounded` says why.

            `smooth` is the most of a run in which nothing is tried again and nothing waits, and whose texts are no longer
            than
            usual.
        seconds (Figure): Bounds of a figure. `most` null: nothing bounds it; `unbounded` says why.

            `smooth` is the most of a run in which nothing is tried again and nothing waits, and whose texts are no longer
            than
            usual.
    """

    name: str
    kind: StepKind
    runs: Figure
    cost_usd: CostFigure
    tokens: Figure
    turns: Figure
    seconds: Figure
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        kind = self.kind.value

        runs = self.runs.to_dict()

        cost_usd = self.cost_usd.to_dict()

        tokens = self.tokens.to_dict()

        turns = self.turns.to_dict()

        seconds = self.seconds.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "kind": kind,
                "runs": runs,
                "cost_usd": cost_usd,
                "tokens": tokens,
                "turns": turns,
                "seconds": seconds,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.cost_figure import CostFigure  # noqa: PLC0415
        from ..models.figure import Figure  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        kind = StepKind(d.pop("kind"))

        runs = Figure.from_dict(d.pop("runs"))

        cost_usd = CostFigure.from_dict(d.pop("cost_usd"))

        tokens = Figure.from_dict(d.pop("tokens"))

        turns = Figure.from_dict(d.pop("turns"))

        seconds = Figure.from_dict(d.pop("seconds"))

        step_estimate = cls(
            name=name,
            kind=kind,
            runs=runs,
            cost_usd=cost_usd,
            tokens=tokens,
            turns=turns,
            seconds=seconds,
        )

        step_estimate.additional_properties = d
        return step_estimate

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
