"""The tasks that a task starts, with those that these start: read once, and walked within bounds."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from pydantic import ValidationError

from control_plane.execution.estimates.planned import RunPlan
from control_plane.execution.estimates.texts import KnownInput
from foundation.contracts.definition import TaskDefinition
from foundation.contracts.gateway.run_token import MOST_ANCESTORS
from foundation.contracts.steps.base import Budget
from foundation.contracts.steps.run import RunStep
from foundation.domain.ids import TaskId, TenantId
from foundation.domain.words.quoting import quoted
from foundation.storage import tasks
from foundation.storage.session.database import Transaction
from foundation.storage.tasks import Task

MAX_TASKS = 100
"""Tasks below one task that are read."""
MAX_WALKED_STEPS = 10_000
"""Steps that are looked at for one estimate."""


class WalkRun(Protocol):
    """Plans one run of a definition."""

    def __call__(
        self,
        definition: TaskDefinition,
        known: KnownInput,
        *,
        budget: Budget,
        timeout_seconds: int,
        above: tuple[str, ...] = (),
    ) -> RunPlan: ...


class Below:
    """The live tasks below one, by the references to them, and what was walked of them."""

    def __init__(self, found: Mapping[str, tuple[Task, TaskDefinition] | str]) -> None:
        """Of each reference its task, or the reason why it has none."""
        self._found = found
        self._walked: dict[str, RunPlan] = {}
        self._steps_left = MAX_WALKED_STEPS

    def is_missing(self, reference: str) -> bool:
        """Whether no run can be started by the reference as things stand."""
        return isinstance(self._found.get(reference), str)

    def find(self, reference: str, above: tuple[str, ...]) -> tuple[Task, TaskDefinition] | str:
        found = self._found.get(reference, f"more than {MAX_TASKS} tasks stand below, which are not all looked at")
        if isinstance(found, str):
            return found
        if str(found[0].task_id) in above:
            return "the task would run itself, and again in that run"
        if len(above) > MOST_ANCESTORS:
            return f"{MOST_ANCESTORS} runs can stand above each other, and here more would"
        return found

    def plans(
        self,
        walk: WalkRun,
        step: RunStep,
        found: tuple[Task, TaskDefinition],
        inputs: Sequence[Mapping[str, Any]] | None,
        known: KnownInput,
        above: tuple[str, ...],
    ) -> tuple[RunPlan, ...] | None:
        """What a run of the task would do, for each of the inputs; None where too much stands below."""
        task, definition = found
        own, most = definition.budget, step.budget or Budget()
        budget = Budget(
            tokens=own.tokens if most.tokens is None else most.tokens,
            cost_usd=own.cost_usd if most.cost_usd is None else most.cost_usd,
        )
        seconds = min(definition.timeout_seconds, step.timeout_seconds)
        # Of many inputs none is looked at by itself, as each would be a walk of its own.
        each: Sequence[Mapping[str, Any] | None] = inputs if inputs and self._can_walk(definition, inputs) else [None]
        plans = []
        for one in each:
            key = json.dumps([str(task.task_id), one, budget.model_dump(), seconds, len(above)], sort_keys=True)
            if key not in self._walked:
                self._steps_left -= len(definition.steps)
                if self._steps_left < 0:
                    return None
                self._walked[key] = walk(
                    definition,
                    KnownInput(one, known.until),
                    budget=budget,
                    timeout_seconds=seconds,
                    above=(*above, str(task.task_id)),
                )
            plans.append(self._walked[key])
        return tuple(plans)

    def _can_walk(self, definition: TaskDefinition, inputs: Sequence[object]) -> bool:
        """Whether a tenth of what is left is enough for all of them."""
        return len(inputs) * len(definition.steps) <= self._steps_left // 10


async def read_below(
    tx: Transaction, tenant_id: TenantId, definition: TaskDefinition
) -> dict[str, tuple[Task, TaskDefinition] | str]:
    """The tasks that the definition's steps start, and those below them; beyond `MAX_TASKS` they are left out."""
    found: dict[str, tuple[Task, TaskDefinition] | str] = {}
    read: dict[TaskId, tuple[Task, TaskDefinition] | str] = {}
    waiting = list(_references(definition))
    while waiting and len(read) < MAX_TASKS:
        reference = waiting.pop(0)
        if reference in found:
            continue
        task = await tasks.find(tx, tenant_id, reference)
        if task is None:
            found[reference] = f"no live task is named {quoted(reference)} or has it as its id"
            continue
        if task.task_id not in read:
            read[task.task_id] = accepted = _accepted(task)
            if not isinstance(accepted, str):
                waiting += _references(accepted[1])
        found[reference] = read[task.task_id]
    return found


def _accepted(task: Task) -> tuple[Task, TaskDefinition] | str:
    try:
        return task, TaskDefinition.model_validate(task.definition)
    except ValidationError:
        return f"version {task.version} of the task {quoted(task.name)} is not accepted any more; PATCH that task"


def _references(definition: TaskDefinition) -> Iterator[str]:
    yield from (step.task for step in definition.steps if isinstance(step, RunStep))
