"""Reads what the time of a run's steps went by."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Protocol, TypeVar

from control_plane.execution.runs import read
from control_plane.execution.runs.kept import require_kept
from control_plane.identity.callers import ApiCaller
from control_plane.insight.durations.parts import intervals
from control_plane.insight.durations.schemas import StepTimes
from foundation.domain.ids import RunId, StepId
from foundation.domain.policy.retention import ContentKind
from foundation.storage.execution.times import step_stamps
from foundation.storage.execution.times.step_stamps import TimedStep
from foundation.storage.session.database import Transaction


class _OfStep(Protocol):
    @property
    def step_id(self) -> StepId: ...


S = TypeVar("S", bound=_OfStep)


async def page(
    tx: Transaction, caller: ApiCaller, run_id: RunId, *, limit: int, after: int | None
) -> list[tuple[TimedStep, StepTimes]]:
    """The run's own steps in topological order, each with its times; `ContentExpired` without its events."""
    require_kept(await read.get(tx, caller, run_id), ContentKind.EVENTS)
    steps = await step_stamps.page(tx, caller.tenant_id, run_id, limit=limit, after=after)
    ids = [step.step_id for step in steps]
    marks, run_marks = await step_stamps.marks(tx, caller.tenant_id, run_id, ids)
    by_step = _grouped(marks)
    models = _grouped(await step_stamps.model_calls(tx, caller.tenant_id, ids))
    tools = _grouped(await step_stamps.tool_jobs(tx, caller.tenant_id, ids))
    times = []
    for step in steps:
        own = step.step_id
        parts = intervals(step, by_step[own], run_marks, models[own], tools[own])
        times.append((step, StepTimes.of(step, [] if step.is_copied else parts)))
    return times


def _grouped(found: Sequence[S]) -> dict[StepId, list[S]]:
    groups: dict[StepId, list[S]] = defaultdict(list)
    for one in found:
        groups[one.step_id].append(one)
    return groups
