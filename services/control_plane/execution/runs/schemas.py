"""Runs as the API takes and shows them."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from control_plane.requests.answers.readable import Readable
from foundation.contracts.definition import MAX_VERSION
from foundation.contracts.steps.base import Budget
from foundation.domain.ids import RunId, TaskId
from foundation.domain.money import dollars
from foundation.domain.permissions import Permission
from foundation.domain.policy.retention import ContentKind
from foundation.domain.states import PauseReason, Priority, RunStatus, StepKind, StepStatus
from foundation.storage.execution.runs import Run
from foundation.storage.execution.steps import StepRow


class StartRun(BaseModel):
    """`budget` replaces the task's, key by key; without a `priority` the run has the task's."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"task_id": "019a0000-0000-7000-8000-000000000000", "input": {"topic": "penguins"}}]
        },
    )

    task_id: TaskId
    task_version: Annotated[int, Field(strict=True, ge=1, le=MAX_VERSION)] | None = None
    input: dict[str, Any] = Field(default_factory=dict)
    budget: Budget = Budget()
    priority: Priority | None = None


class UsageBelow(BaseModel):
    """What the runs were charged that steps of a run have started, and the runs below these."""

    tokens: int
    cost_usd: str


class RunUsage(BaseModel):
    """What the run was charged so far, by the ledger."""

    tokens: int
    cost_usd: str = Field(description="decimal dollars", examples=["0.001234"])
    final: bool = Field(description="whether the run has ended and the ledger has all of its usage")
    below: UsageBelow = Field(description="what the runs below it were charged; it counts in its budget too")


class ForkedFrom(BaseModel):
    """Where a forked run began: with this step, `turn` of whose turns it shares with the run that was forked."""

    run_id: RunId
    step: str
    turn: int


class RunView(Readable):
    """A run as it is now; `deadline_at` is when it times out, and null while its clock does not run."""

    READ_BY: ClassVar = Permission.RUNS_READ
    CONTENT: ClassVar = frozenset({"input", "output", "error", "overrides"})

    id: UUID
    status: RunStatus
    task_id: TaskId
    task_version: int
    input: dict[str, Any] | None = Field(
        description="null once it has expired, as `expired` says, and for who may not read runs"
    )
    output: Any = Field(description="null for who may not read runs, as `error` and `overrides` are")
    error: dict[str, Any] | None
    pause_reason: PauseReason | None
    generation: int
    budget: dict[str, int | str | None]
    priority: Priority
    created_at: datetime
    started_by: str | None = Field(
        description="who has started it, as the audit names its actors, or the step of which run"
    )
    started_at: datetime | None
    ended_at: datetime | None
    deadline_at: datetime | None
    trace_id: str | None
    usage: RunUsage
    forked_from: ForkedFrom | None
    overrides: dict[str, dict[str, Any]] | None = Field(
        description="by step, what a fork changed of its definition; null once it has expired"
    )
    parent_run_id: UUID | None = Field(description="of a run that a step of another run has started, that run")
    parent_step: str | None = Field(description="the name of that step")
    expired: dict[ContentKind, datetime] = Field(
        description="kinds of its content that have expired, and when: what they had is null everywhere"
    )
    version: int

    @classmethod
    def of(cls, run: Run) -> "RunView":
        limit = None if run.budget_nano_usd is None else dollars(run.budget_nano_usd)
        expired = run.expired()
        asked = ContentKind.PROMPTS not in expired
        return cls(
            id=run.run_id,
            status=run.status,
            task_id=run.task_id,
            task_version=run.task_version,
            input=run.input if asked else None,
            output=run.output,
            error=run.error,
            pause_reason=run.pause_reason,
            generation=run.generation,
            budget={"tokens": run.budget_tokens, "cost_usd": limit},
            priority=run.priority,
            created_at=run.created_at,
            started_by=run.started_by,
            started_at=run.started_at,
            ended_at=run.ended_at,
            deadline_at=run.deadline_at,
            trace_id=run.traceparent.split("-")[1] if run.traceparent else None,
            usage=RunUsage(
                tokens=run.tokens,
                cost_usd=dollars(run.cost_nano_usd),
                final=run.usage_final,
                below=UsageBelow(tokens=run.tokens_below, cost_usd=dollars(run.cost_nano_usd_below)),
            ),
            forked_from=_lineage_of(run),
            overrides=run.overrides if asked else None,
            parent_run_id=run.parent_run_id,
            parent_step=run.parent_step,
            expired=expired,
            version=run.version,
        )


def _lineage_of(run: Run) -> ForkedFrom | None:
    if run.forked_from_run_id is None or run.forked_from_step is None:
        return None
    return ForkedFrom(run_id=run.forked_from_run_id, step=run.forked_from_step, turn=run.forked_from_turn or 0)


class ItemFigures(BaseModel):
    """How far the items of a step with `foreach` are; `failed` are those that ended and did not succeed."""

    total: int
    ended: int
    failed: int


class ItemView(BaseModel):
    """The item of the list for which a step runs, and its place there, from 0."""

    index: int
    value: Any


class StepView(BaseModel):
    """A step of a run; `attempt` is 0 until a worker has claimed it for the first time."""

    id: UUID
    name: str
    kind: StepKind
    status: StepStatus
    attempt: int
    turn: int = Field(
        description="how many turns it has taken, however it stands or ended: of an agent those that are recorded, of a"
        " crew its answered questions"
    )
    needs: list[str]
    started_at: datetime | None
    ended_at: datetime | None
    duration_ms: int | None
    tokens: int
    cost_usd: str
    error: dict[str, Any] | None
    skip_reason: dict[str, Any] | None = Field(
        description="why a step was left out as its definition allows: `condition_false` or `input_missing`"
    )
    excused: bool = Field(description="whether the run may complete although this step did not succeed")
    output: Any
    copied_from: UUID | None = Field(description="the step of the forked run whose end this is; it cost nothing here")
    items: ItemFigures | None = Field(
        description="of a step with `foreach`, once its list is known; its cost is theirs"
    )
    item: ItemView | None = Field(description="of a step in the list of another step's items")
    child_run_id: UUID | None = Field(description="of a step of the kind `run`, the run that it has started last")
    expired: dict[ContentKind, datetime] = Field(
        description="kinds of its run's content that have expired, and when: an output, or an item, is null then"
    )

    @classmethod
    def of(cls, step: StepRow, expired: Mapping[ContentKind, datetime] = MappingProxyType({})) -> "StepView":
        duration = items = item = None
        if step.items is not None:
            items = ItemFigures(total=step.items, ended=step.items_ended, failed=step.items_failed)
        if step.item_index is not None:
            item = ItemView(index=step.item_index, value=step.item)
        if step.started_at and step.ended_at:
            duration = round((step.ended_at - step.started_at).total_seconds() * 1000)
        return cls(
            id=step.step_id,
            name=step.name,
            kind=step.kind,
            status=step.status,
            attempt=step.attempt,
            turn=step.turns,
            needs=step.needs,
            started_at=step.started_at,
            ended_at=step.ended_at,
            duration_ms=duration,
            tokens=step.tokens,
            cost_usd=dollars(step.cost_nano_usd),
            error=step.error,
            skip_reason=step.skip_reason,
            # Whether the run may complete without an item is its step's to say, not the item's.
            excused=step.excused and item is None,
            output=step.output,
            copied_from=step.copied_from,
            items=items,
            item=item,
            child_run_id=step.child_run_id,
            expired=dict(expired),
        )


class UsageByModel(BaseModel):
    """What the run's calls of one provider's model came to; corrections are in the sums."""

    provider: str
    model: str
    calls: int
    tokens: int
    cost_usd: str


class StepFigures(BaseModel):
    """What one step took: time from its first claim to its end, tokens, dollars."""

    name: str
    status: StepStatus
    duration_ms: int | None
    tokens: int
    cost_usd: str


class FiguresBelow(BaseModel):
    """What the calls of one run below came to, without those of the runs below it; `parent_step` has started it."""

    run_id: RunId
    parent_run_id: RunId
    parent_step: str
    status: RunStatus
    tokens: int
    cost_usd: str


class MetricsBelow(BaseModel):
    """What all runs below came to: together, each, and by model. None of it is in the run's own figures."""

    tokens: int
    cost_usd: str
    runs: list[FiguresBelow]
    models: list[UsageByModel]


class RunMetrics(BaseModel):
    """The figures of a run's own calls: together, by step, and by model; those of the runs below it apart."""

    tokens: int
    cost_usd: str
    final: bool = Field(description="whether these figures change no more, but for a provider's later correction")
    duration_ms: int | None
    steps: list[StepFigures]
    models: list[UsageByModel]
    below: MetricsBelow
