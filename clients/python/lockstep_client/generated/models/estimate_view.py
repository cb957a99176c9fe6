from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.cost_figure import CostFigure
    from ..models.estimate_view_budget import EstimateViewBudget
    from ..models.figure import Figure
    from ..models.remark_view import RemarkView
    from ..models.step_estimate import StepEstimate


T = TypeVar("T", bound="EstimateView")


@_attrs_define
class EstimateView:
    """What a run may take, as definitions, prices and routes stand now; its runs below are in all figures.

    Attributes:
        task_id (UUID):
        task_version (int):
        cost_usd (CostFigure): As `Figure`, in decimal dollars.
        tokens (Figure): Bounds of a figure. `most` null: nothing bounds it; `unbounded` says why.

            `smooth` is the most of a run in which nothing is tried again and nothing waits, and whose texts are no longer
            than
            usual.
        turns (Figure): Bounds of a figure. `most` null: nothing bounds it; `unbounded` says why.

            `smooth` is the most of a run in which nothing is tried again and nothing waits, and whose texts are no longer
            than
            usual.
        events (Figure): Bounds of a figure. `most` null: nothing bounds it; `unbounded` says why.

            `smooth` is the most of a run in which nothing is tried again and nothing waits, and whose texts are no longer
            than
            usual.
        seconds (Figure): Bounds of a figure. `most` null: nothing bounds it; `unbounded` says why.

            `smooth` is the most of a run in which nothing is tried again and nothing waits, and whose texts are no longer
            than
            usual.
        budget (EstimateViewBudget): the limits of the run, which bound its cost and tokens
        budgets_hold (bool): whether the tenant's settings let no call pass a budget
        steps (list[StepEstimate]):
        unbounded (list[RemarkView]): what no figure has, or has no bound for, and why
        loose (list[RemarkView]): what only the platform's own limits bound, so that `most` is high
        would_fail (list[RemarkView]): steps that fail as things stand; they count as asking nothing
        remarks_left_out (int): how many remarks there are beyond those that are shown
    """

    task_id: UUID
    task_version: int
    cost_usd: CostFigure
    tokens: Figure
    turns: Figure
    events: Figure
    seconds: Figure
    budget: EstimateViewBudget
    budgets_hold: bool
    steps: list[StepEstimate]
    unbounded: list[RemarkView]
    loose: list[RemarkView]
    would_fail: list[RemarkView]
    remarks_left_out: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        task_id = str(self.task_id)

        task_version = self.task_version

        cost_usd = self.cost_usd.to_dict()

        tokens = self.tokens.to_dict()

        turns = self.turns.to_dict()

        events = self.events.to_dict()

        seconds = self.seconds.to_dict()

        budget = self.budget.to_dict()

        budgets_hold = self.budgets_hold

        steps = []
        for steps_item_data in self.steps:
            steps_item = steps_item_data.to_dict()
            steps.append(steps_item)

        unbounded = []
        for unbounded_item_data in self.unbounded:
            unbounded_item = unbounded_item_data.to_dict()
            unbounded.append(unbounded_item)

        loose = []
        for loose_item_data in self.loose:
            loose_item = loose_item_data.to_dict()
            loose.append(loose_item)

        would_fail = []
        for would_fail_item_data in self.would_fail:
            would_fail_item = would_fail_item_data.to_dict()
            would_fail.append(would_fail_item)

        remarks_left_out = self.remarks_left_out

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "task_id": task_id,
                "task_version": task_version,
                "cost_usd": cost_usd,
                "tokens": tokens,
                "turns": turns,
                "events": events,
                "seconds": seconds,
                "budget": budget,
                "budgets_hold": budgets_hold,
                "steps": steps,
                "unbounded": unbounded,
                "loose": loose,
                "would_fail": would_fail,
                "remarks_left_out": remarks_left_out,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.cost_figure import CostFigure  # noqa: PLC0415
        from ..models.estimate_view_budget import EstimateViewBudget  # noqa: PLC0415
        from ..models.figure import Figure  # noqa: PLC0415
        from ..models.remark_view import RemarkView  # noqa: PLC0415
        from ..models.step_estimate import StepEstimate  # noqa: PLC0415

        d = dict(src_dict)
        task_id = UUID(d.pop("task_id"))

        task_version = d.pop("task_version")

        cost_usd = CostFigure.from_dict(d.pop("cost_usd"))

        tokens = Figure.from_dict(d.pop("tokens"))

        turns = Figure.from_dict(d.pop("turns"))

        events = Figure.from_dict(d.pop("events"))

        seconds = Figure.from_dict(d.pop("seconds"))

        budget = EstimateViewBudget.from_dict(d.pop("budget"))

        budgets_hold = d.pop("budgets_hold")

        steps = []
        _steps = d.pop("steps")
        for steps_item_data in _steps:
            steps_item = StepEstimate.from_dict(steps_item_data)

            steps.append(steps_item)

        unbounded = []
        _unbounded = d.pop("unbounded")
        for unbounded_item_data in _unbounded:
            unbounded_item = RemarkView.from_dict(unbounded_item_data)

            unbounded.append(unbounded_item)

        loose = []
        _loose = d.pop("loose")
        for loose_item_data in _loose:
            loose_item = RemarkView.from_dict(loose_item_data)

            loose.append(loose_item)

        would_fail = []
        _would_fail = d.pop("would_fail")
        for would_fail_item_data in _would_fail:
            would_fail_item = RemarkView.from_dict(would_fail_item_data)

            would_fail.append(would_fail_item)

        remarks_left_out = d.pop("remarks_left_out")

        estimate_view = cls(
            task_id=task_id,
            task_version=task_version,
            cost_usd=cost_usd,
            tokens=tokens,
            turns=turns,
            events=events,
            seconds=seconds,
            budget=budget,
            budgets_hold=budgets_hold,
            steps=steps,
            unbounded=unbounded,
            loose=loose,
            would_fail=would_fail,
            remarks_left_out=remarks_left_out,
        )

        estimate_view.additional_properties = d
        return estimate_view

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
