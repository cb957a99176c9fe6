from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.figures_below import FiguresBelow
    from ..models.usage_by_model import UsageByModel


T = TypeVar("T", bound="MetricsBelow")


@_attrs_define
class MetricsBelow:
    """What all runs below came to: together, each, and by model. None of it is in the run's own figures.

    Attributes:
        tokens (int):
        cost_usd (str):
        runs (list[FiguresBelow]):
        models (list[UsageByModel]):
    """

    tokens: int
    cost_usd: str
    runs: list[FiguresBelow]
    models: list[UsageByModel]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        tokens = self.tokens

        cost_usd = self.cost_usd

        runs = []
        for runs_item_data in self.runs:
            runs_item = runs_item_data.to_dict()
            runs.append(runs_item)

        models = []
        for models_item_data in self.models:
            models_item = models_item_data.to_dict()
            models.append(models_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "tokens": tokens,
                "cost_usd": cost_usd,
                "runs": runs,
                "models": models,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.figures_below import FiguresBelow  # noqa: PLC0415
        from ..models.usage_by_model import UsageByModel  # noqa: PLC0415

        d = dict(src_dict)
        tokens = d.pop("tokens")

        cost_usd = d.pop("cost_usd")

        runs = []
        _runs = d.pop("runs")
        for runs_item_data in _runs:
            runs_item = FiguresBelow.from_dict(runs_item_data)

            runs.append(runs_item)

        models = []
        _models = d.pop("models")
        for models_item_data in _models:
            models_item = UsageByModel.from_dict(models_item_data)

            models.append(models_item)

        metrics_below = cls(
            tokens=tokens,
            cost_usd=cost_usd,
            runs=runs,
            models=models,
        )

        metrics_below.additional_properties = d
        return metrics_below

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
