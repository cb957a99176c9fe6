"""Compares two runs: what they were asked, what came of it, and what it took."""

import asyncio
from collections.abc import Mapping
from typing import Any

from control_plane.execution.runs import read
from control_plane.execution.runs.figures import duration_of
from control_plane.execution.runs.kept import require_kept
from control_plane.execution.runs.schemas import StepView
from control_plane.identity.callers import ApiCaller
from control_plane.insight.comparisons.differences import changes_between
from control_plane.insight.comparisons.schemas import (
    Changes,
    ComparedMoney,
    ComparedNumbers,
    ComparedRunStatus,
    ComparedStatus,
    ComparedStep,
    ComparedTasks,
    RunComparison,
)
from foundation.domain.ids import RunId
from foundation.domain.money import dollars
from foundation.domain.policy.retention import ContentKind
from foundation.storage import tasks
from foundation.storage.execution import steps
from foundation.storage.execution.runs import Run
from foundation.storage.execution.steps import StepRow
from foundation.storage.session.database import Transaction

CHANGES_OF_A_STEP = 20
"""The places that are shown of each step's output; a plan may have 500 steps."""
COMPARED_BYTES = 2_000_000
"""Of outputs that are walked through place by place; of those behind them is told that they differ."""
Outputs = Mapping[str, tuple[Any, Any] | None]
"""By the names of the steps whose outputs differ, those of both runs; None where they are not looked into."""
_SAME = (None, None)


async def compare(tx: Transaction, caller: ApiCaller, left_id: RunId, right_id: RunId) -> RunComparison:
    """`ContentExpired` where something that would be compared has expired."""
    left, right = await read.get(tx, caller, left_id), await read.get(tx, caller, right_id)
    for run in (left, right):
        require_kept(run, ContentKind.PROMPTS, ContentKind.ANSWERS, ContentKind.ARTIFACTS)
    definitions = [await _definition(tx, caller, run) for run in (left, right)]
    timelines = [await steps.of_run(tx, caller.tenant_id, run.run_id) for run in (left, right)]
    outputs = await _outputs(tx, caller, left_id, right_id)
    # In a thread: to walk through megabytes takes long, and others are served meanwhile.
    return await asyncio.to_thread(
        comparison_of, (left, right), (definitions[0], definitions[1]), (timelines[0], timelines[1]), outputs
    )


async def _outputs(tx: Transaction, caller: ApiCaller, left_id: RunId, right_id: RunId) -> Outputs:
    found: dict[str, tuple[Any, Any] | None] = {}
    left_bytes = COMPARED_BYTES
    for name in await steps.with_other_outputs(tx, caller.tenant_id, left_id, right_id):
        if left_bytes <= 0:
            found[name] = None
            continue
        left, right, size = await steps.both_outputs(tx, caller.tenant_id, left_id, right_id, name)
        left_bytes -= size
        found[name] = left, right
    return found


def comparison_of(
    runs: tuple[Run, Run],
    definitions: tuple[Any, Any],
    timelines: tuple[list[StepRow], list[StepRow]],
    outputs: Outputs,
) -> RunComparison:
    """The left of each pair against its right."""
    left, right = runs
    return RunComparison(
        left=left.run_id,
        right=right.run_id,
        task_id=ComparedTasks(left=left.task_id, right=right.task_id),
        task_version=ComparedNumbers(left=left.task_version, right=right.task_version),
        definition=changes_between(*definitions),
        overrides=changes_between(left.overrides, right.overrides),
        input=changes_between(left.input, right.input),
        status=ComparedRunStatus(left=left.status, right=right.status),
        output=changes_between(left.output, right.output),
        tokens=ComparedNumbers(left=left.tokens, right=right.tokens),
        cost_usd=ComparedMoney(left=dollars(left.cost_nano_usd), right=dollars(right.cost_nano_usd)),
        duration_ms=ComparedNumbers(left=duration_of(left), right=duration_of(right)),
        steps=_steps(*timelines, outputs),
    )


def _steps(left: list[StepRow], right: list[StepRow], outputs: Outputs) -> list[ComparedStep]:
    by_name = [{row.name: StepView.of(row) for row in rows} for rows in (left, right)]
    names = list(dict.fromkeys(row.name for row in (*left, *right)))
    return [_step(name, by_name[0].get(name), by_name[1].get(name), outputs.get(name, _SAME)) for name in names]


def _step(name: str, left: StepView | None, right: StepView | None, outputs: tuple[Any, Any] | None) -> ComparedStep:
    status = ComparedStatus(left=left and left.status, right=right and right.status)
    output = Changes(items=[], more=1) if outputs is None else changes_between(*outputs, most=CHANGES_OF_A_STEP)
    return ComparedStep(
        name=name,
        same=status.left == status.right and not (output.items or output.more),
        status=status,
        output=output,
        turns=ComparedNumbers(left=left and left.turn, right=right and right.turn),
        attempts=ComparedNumbers(left=left and left.attempt, right=right and right.attempt),
        tokens=ComparedNumbers(left=left and left.tokens, right=right and right.tokens),
        cost_usd=ComparedMoney(left=left and left.cost_usd, right=right and right.cost_usd),
        duration_ms=ComparedNumbers(left=left and left.duration_ms, right=right and right.duration_ms),
    )


async def _definition(tx: Transaction, caller: ApiCaller, run: Run) -> dict[str, Any]:
    """The version that the run is bound to, with its steps by their names, so that a step in between moves nothing."""
    task = await tasks.get(tx, caller.tenant_id, run.task_id, version=run.task_version)
    document = dict(task.definition) if task else {}
    return {**document, "steps": {step["name"]: step for step in document.get("steps", [])}}
