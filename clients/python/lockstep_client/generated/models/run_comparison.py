from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.changes import Changes
    from ..models.compared_money import ComparedMoney
    from ..models.compared_numbers import ComparedNumbers
    from ..models.compared_run_status import ComparedRunStatus
    from ..models.compared_step import ComparedStep
    from ..models.compared_tasks import ComparedTasks


T = TypeVar("T", bound="RunComparison")


@_attrs_define
class RunComparison:
    """Two runs: what they were asked (task, definition, overrides, input), and what came of it, by step and in all.

    Attributes:
        left (UUID):
        right (UUID):
        task_id (ComparedTasks): The tasks of both runs.
        task_version (ComparedNumbers): A number of each; null where there is none, such as the duration of what has not
            ended.
        definition (Changes): The first places in which two documents differ; empty when they are equal.
        overrides (Changes): The first places in which two documents differ; empty when they are equal.
        input_ (Changes): The first places in which two documents differ; empty when they are equal.
        status (ComparedRunStatus): The statuses of both runs.
        output (Changes): The first places in which two documents differ; empty when they are equal.
        tokens (ComparedNumbers): A number of each; null where there is none, such as the duration of what has not
            ended.
        cost_usd (ComparedMoney): Decimal dollars of each; null where a run does not have the step.
        duration_ms (ComparedNumbers): A number of each; null where there is none, such as the duration of what has not
            ended.
        steps (list[ComparedStep]): in the order of the left run, then what only the right one has
    """

    left: UUID
    right: UUID
    task_id: ComparedTasks
    task_version: ComparedNumbers
    definition: Changes
    overrides: Changes
    input_: Changes
    status: ComparedRunStatus
    output: Changes
    tokens: ComparedNumbers
    cost_usd: ComparedMoney
    duration_ms: ComparedNumbers
    steps: list[ComparedStep]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        left = str(self.left)

        right = str(self.right)

        task_id = self.task_id.to_dict()

        task_version = self.task_version.to_dict()

        definition = self.definition.to_dict()

        overrides = self.overrides.to_dict()

        input_ = self.input_.to_dict()

        status = self.status.to_dict()

        output = self.output.to_dict()

        tokens = self.tokens.to_dict()

        cost_usd = self.cost_usd.to_dict()

        duration_ms = self.duration_ms.to_dict()

        steps = []
        for steps_item_data in self.steps:
            steps_item = steps_item_data.to_dict()
            steps.append(steps_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "left": left,
                "right": right,
                "task_id": task_id,
                "task_version": task_version,
                "definition": definition,
                "overrides": overrides,
                "input": input_,
                "status": status,
                "output": output,
                "tokens": tokens,
                "cost_usd": cost_usd,
                "duration_ms": duration_ms,
                "steps": steps,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.changes import Changes  # noqa: PLC0415
        from ..models.compared_money import ComparedMoney  # noqa: PLC0415
        from ..models.compared_numbers import ComparedNumbers  # noqa: PLC0415
        from ..models.compared_run_status import ComparedRunStatus  # noqa: PLC0415
        from ..models.compared_step import ComparedStep  # noqa: PLC0415
        from ..models.compared_tasks import ComparedTasks  # noqa: PLC0415

        d = dict(src_dict)
        left = UUID(d.pop("left"))

        right = UUID(d.pop("right"))

        task_id = ComparedTasks.from_dict(d.pop("task_id"))

        task_version = ComparedNumbers.from_dict(d.pop("task_version"))

        definition = Changes.from_dict(d.pop("definition"))

        overrides = Changes.from_dict(d.pop("overrides"))

        input_ = Changes.from_dict(d.pop("input"))

        status = ComparedRunStatus.from_dict(d.pop("status"))

        output = Changes.from_dict(d.pop("output"))

        tokens = ComparedNumbers.from_dict(d.pop("tokens"))

        cost_usd = ComparedMoney.from_dict(d.pop("cost_usd"))

        duration_ms = ComparedNumbers.from_dict(d.pop("duration_ms"))

        steps = []
        _steps = d.pop("steps")
        for steps_item_data in _steps:
            steps_item = ComparedStep.from_dict(steps_item_data)

            steps.append(steps_item)

        run_comparison = cls(
            left=left,
            right=right,
            task_id=task_id,
            task_version=task_version,
            definition=definition,
            overrides=overrides,
            input_=input_,
            status=status,
            output=output,
            tokens=tokens,
            cost_usd=cost_usd,
            duration_ms=duration_ms,
            steps=steps,
        )

        run_comparison.additional_properties = d
        return run_comparison

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
