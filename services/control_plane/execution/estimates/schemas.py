"""Estimates as the API takes and shows them."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field

from control_plane.execution.estimates.planned import Remark
from control_plane.execution.estimates.ranges import Range
from control_plane.execution.estimates.sums import RunSum, StepSum
from foundation.contracts.definition import MAX_VERSION
from foundation.contracts.steps.base import Budget
from foundation.domain.ids import TaskId
from foundation.domain.money import dollars
from foundation.domain.states import StepKind
from foundation.storage.tasks import Task


class EstimateRun(BaseModel):
    """What would be started; `budget` replaces the task's, key by key. Without `input` the bounds are for any input."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"input": {"topic": "penguins"}}]})

    input: dict[str, Any] = Field(default_factory=dict)
    task_version: Annotated[int, Field(strict=True, ge=1, le=MAX_VERSION)] | None = None
    budget: Budget = Budget()

    def known_input(self) -> dict[str, Any] | None:
        """The input, None where it was left out."""
        return self.input if "input" in self.model_fields_set else None


class Figure(BaseModel):
    """Bounds of a figure. `most` null: nothing bounds it; `unbounded` says why.

    `smooth` is the most of a run in which nothing is tried again and nothing waits, and whose texts are no longer than
    usual.
    """

    least: int = Field(description="of a run that completes")
    most: int | None
    smooth: int | None

    @classmethod
    def of(cls, range_: Range) -> Self:
        shown = range_.counted()
        return cls(least=shown.least, most=shown.most, smooth=shown.smooth)


class CostFigure(BaseModel):
    """As `Figure`, in decimal dollars."""

    least: str = Field(examples=["0.00001"])
    most: str | None = Field(examples=["0.5"])
    smooth: str | None = Field(examples=["0.01"])

    @classmethod
    def of(cls, range_: Range) -> Self:
        shown = range_.counted()
        return cls(least=dollars(shown.least), most=_dollars(shown.most), smooth=_dollars(shown.smooth))


class StepEstimate(BaseModel):
    """A step with all the times that it runs; `budget` of the run is not regarded here."""

    name: str
    kind: StepKind
    runs: Figure = Field(description="how often it runs: 0 where it is left out, once for each item of a list")
    cost_usd: CostFigure
    tokens: Figure
    turns: Figure
    seconds: Figure = Field(description="of its own clock, its items one round after the other")

    @classmethod
    def of(cls, step: StepSum) -> Self:
        return cls(
            name=step.plan.name,
            kind=step.plan.kind,
            runs=Figure.of(step.plan.runs),
            cost_usd=CostFigure.of(step.figures.nano_usd),
            tokens=Figure.of(step.figures.tokens),
            turns=Figure.of(step.figures.turns),
            seconds=Figure.of(step.seconds),
        )


class RemarkView(BaseModel):
    """Something about a step that its figures do not say; `step` of a run below is `step/step`."""

    step: str
    reason: str

    @classmethod
    def of(cls, remark: Remark) -> Self:
        return cls(step=remark.step, reason=remark.reason)


class EstimateView(BaseModel):
    """What a run may take, as definitions, prices and routes stand now; its runs below are in all figures."""

    task_id: TaskId
    task_version: int
    cost_usd: CostFigure
    tokens: Figure
    turns: Figure = Field(description="how often models are asked")
    events: Figure = Field(description="in the history of its fullest execution, of 25,000 that Step Functions keeps")
    seconds: Figure = Field(description="on the run's clock, which stands while people decide")
    budget: dict[str, int | str | None] = Field(description="the limits of the run, which bound its cost and tokens")
    budgets_hold: bool = Field(description="whether the tenant's settings let no call pass a budget")
    steps: list[StepEstimate]
    unbounded: list[RemarkView] = Field(description="what no figure has, or has no bound for, and why")
    loose: list[RemarkView] = Field(description="what only the platform's own limits bound, so that `most` is high")
    would_fail: list[RemarkView] = Field(description="steps that fail as things stand; they count as asking nothing")
    remarks_left_out: int = Field(description="how many remarks there are beyond those that are shown")

    @classmethod
    def of(cls, task: Task, budget: Budget, run: RunSum, *, budgets_hold: bool) -> Self:
        return cls(
            task_id=task.task_id,
            task_version=task.version,
            cost_usd=CostFigure.of(run.figures.nano_usd),
            tokens=Figure.of(run.figures.tokens),
            turns=Figure.of(run.figures.turns),
            events=Figure.of(run.events),
            seconds=Figure.of(run.seconds),
            budget=budget.model_dump(mode="json"),
            budgets_hold=budgets_hold,
            steps=[StepEstimate.of(step) for step in run.steps],
            unbounded=[RemarkView.of(one) for one in run.remarks.unbounded],
            loose=[RemarkView.of(one) for one in run.remarks.loose],
            would_fail=[RemarkView.of(one) for one in run.remarks.would_fail],
            remarks_left_out=run.remarks.left_out,
        )


def _dollars(amount: int | None) -> str | None:
    return None if amount is None else dollars(amount)
