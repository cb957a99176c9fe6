from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.metrics_below import MetricsBelow
    from ..models.step_figures import StepFigures
    from ..models.usage_by_model import UsageByModel


T = TypeVar("T", bound="RunMetrics")


@_attrs_define
class RunMetrics:
    """The figures of a run's own calls: together, by step, and by model; those of the runs below it apart.

    Attributes:
        tokens (int):
        cost_usd (str):
        final (bool): whether these figures change no more, but for a provider's later correction
        duration_ms (int | None):
        steps (list[StepFigures]):
        models (list[UsageByModel]):
        below (MetricsBelow): What all runs below came to: together, each, and by model. None of it is in the run's own
            figures.
    """

    tokens: int
    cost_usd: str
    final: bool
    duration_ms: int | None
    steps: list[StepFigures]
    models: list[UsageByModel]
    below: MetricsBelow
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        tokens = self.tokens

        cost_usd = self.cost_usd

        final = self.final

        duration_ms: int | None
        duration_ms = self.duration_ms

        steps = []
        for steps_item_data in self.steps:
            steps_item = steps_item_data.to_dict()
            steps.append(steps_item)

        models = []
        for models_item_data in self.models:
            models_item = models_item_data.to_dict()
            models.append(models_item)

        below = self.below.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "tokens": tokens,
                "cost_usd": cost_usd,
                "final": final,
                "duration_ms": duration_ms,
                "steps": steps,
                "models": models,
                "below": below,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.metrics_below import MetricsBelow  # noqa: PLC0415
        from ..models.step_figures import StepFigures  # noqa: PLC0415
        from ..models.usage_by_model import UsageByModel  # noqa: PLC0415

        d = dict(src_dict)
        tokens = d.pop("tokens")

        cost_usd = d.pop("cost_usd")

        final = d.pop("final")

        def _parse_duration_ms(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        duration_ms = _parse_duration_ms(d.pop("duration_ms"))

        steps = []
        _steps = d.pop("steps")
        for steps_item_data in _steps:
            steps_item = StepFigures.from_dict(steps_item_data)

            steps.append(steps_item)

        models = []
        _models = d.pop("models")
        for models_item_data in _models:
            models_item = UsageByModel.from_dict(models_item_data)

            models.append(models_item)

        below = MetricsBelow.from_dict(d.pop("below"))

        run_metrics = cls(
            tokens=tokens,
            cost_usd=cost_usd,
            final=final,
            duration_ms=duration_ms,
            steps=steps,
            models=models,
            below=below,
        )

        run_metrics.additional_properties = d
        return run_metrics

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
