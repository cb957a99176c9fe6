"""Finds the steps of a definition that would start what is not there, or what would start them again."""

from collections.abc import Iterator

from control_plane.identity.callers import ApiCaller
from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.definition import TaskDefinition
from foundation.contracts.expressions.evaluation import holds_expression
from foundation.contracts.gateway.run_token import MOST_ANCESTORS
from foundation.contracts.steps.run import RunStep
from foundation.domain.errors import Fault
from foundation.domain.ids import TaskId
from foundation.domain.states import StepKind
from foundation.domain.words.quoting import quoted
from foundation.storage import tasks
from foundation.storage.people import tenants
from foundation.storage.session.database import Transaction
from foundation.storage.tasks import Task


async def sub_task_faults(
    tx: Transaction, caller: ApiCaller, definition: TaskDefinition, *, own: TaskId
) -> list[Fault]:
    """One for each step of the kind `run` whose task is not live, or runs this one again, or too many levels of tasks.

    Two that name each other at the same moment would each find nothing, so that one waits for the other here. A task
    below that gets another version later can make a row longer: runs below each other are bounded when they start.
    """
    if any(isinstance(step, RunStep) for step in definition.steps):
        await tenants.hold(tx, caller.tenant_id)
    search = _Search(tx, caller, name=definition.name, own=own)
    faults = []
    for index, step in enumerate(definition.steps):
        # A name with an expression is refused as such already.
        if not isinstance(step, RunStep) or holds_expression(step.task):
            continue
        await tasks.keep(tx, caller.tenant_id, step.task)
        if (reason := await search.fault_of(step.task)) is not None:
            faults.append(Fault(pointer_of(("steps", index, "task")), reason))
    return faults


class _Search:
    """Follows tasks from one to those that it starts, in their latest versions; each is read once."""

    def __init__(self, tx: Transaction, caller: ApiCaller, *, name: str, own: TaskId) -> None:
        self._tx = tx
        self._caller = caller
        self._name = name
        self._own = own
        self._read: dict[str, Task | None] = {}

    async def fault_of(self, reference: str) -> str | None:
        if self._is_own(reference):
            return "the task would run itself, and again in that run"
        first = await self._task(reference)
        if first is None:
            return f"no live task is named {quoted(reference)} or has it as its id"
        level = {first.name: first}
        seen = {first.task_id}
        for _ in range(MOST_ANCESTORS):
            below: dict[str, Task] = {}
            for path, task in level.items():
                for next_reference in _started_by(task):
                    if self._is_own(next_reference):
                        return f"the task would run itself: {self._name} -> {path} -> {self._name}"
                    found = await self._task(next_reference)
                    if found is not None and found.task_id not in seen:
                        seen.add(found.task_id)
                        below[f"{path} -> {found.name}"] = found
            if not below:
                return None
            level = below
        return f"at most {MOST_ANCESTORS} tasks can start each other in a row: {self._name} -> {next(iter(level))}"

    def _is_own(self, reference: str) -> bool:
        return reference == self._name or reference.lower() == str(self._own)

    async def _task(self, reference: str) -> Task | None:
        if reference not in self._read:
            self._read[reference] = await tasks.find(self._tx, self._caller.tenant_id, reference)
        return self._read[reference]


def _started_by(task: Task) -> Iterator[str]:
    yield from (step["task"] for step in task.definition["steps"] if step["kind"] == StepKind.RUN)
