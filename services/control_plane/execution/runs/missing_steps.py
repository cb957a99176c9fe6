"""What it means that a run has no step of a name: it comes, it will not come any more, or the task has none."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from control_plane.identity.callers import ApiCaller
from foundation.domain.errors import Conflict, Fault, LockstepError, NotFound
from foundation.domain.states import RunStatus, StepKind
from foundation.domain.words.quoting import quoted
from foundation.storage import tasks
from foundation.storage.execution import steps
from foundation.storage.execution.runs import Run
from foundation.storage.execution.steps import StepRow
from foundation.storage.session.database import Transaction

SHOWN_NAMES = 20
_AGAIN_SECONDS = 2.0
"""A run is opened within a second or two of its start; a list is known as soon as its step has begun."""


class NoSuchStep(NotFound):
    """The run has no step of this name and will never have one; `faults` are the places that name it in a body."""

    usual_remedy = "name one of the run's steps: GET /api/v1/runs/{id}/steps lists them"

    def __init__(self, detail: str, *, faults: tuple[Fault, ...] = ()) -> None:
        super().__init__(detail)
        self.faults = faults

    def data(self) -> Mapping[str, object]:
        places = [{"pointer": fault.pointer, "detail": fault.detail} for fault in self.faults]
        return {"errors": places} if places else {}


class StepNotThereYet(Conflict):
    """The step, or the item of one, comes with the run's own course; once it is there, the call may succeed."""

    code = "step_not_there_yet"
    retryable = True


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """A step of the version that a run is bound to, whether or not the run has it already."""

    name: str
    kind: StepKind
    for_each: bool


Plan = Mapping[str, PlannedStep]
"""By name, in the definition's order."""


async def plan_of(tx: Transaction, caller: ApiCaller, run: Run) -> Plan:
    """Empty where the version of the task is gone."""
    task = await tasks.get(tx, caller.tenant_id, run.task_id, version=run.task_version)
    return {
        step["name"]: PlannedStep(step["name"], StepKind(step["kind"]), step.get("foreach") is not None)
        for step in (task.definition["steps"] if task else [])
    }


async def missing(
    tx: Transaction, caller: ApiCaller, run: Run, names: Mapping[str, str | None], *, rows: Sequence[StepRow] = ()
) -> LockstepError:
    """Why the run has none of these steps, each with the place in the body that names it, where there is one.

    `rows` are the run's steps where they are known already.
    """
    there = rows or await steps.of_run(tx, caller.tenant_id, run.run_id)
    return why_missing(run.status, names, plan=await plan_of(tx, caller, run), there={row.name: row for row in there})


def why_missing(
    status: RunStatus, names: Mapping[str, str | None], *, plan: Plan, there: Mapping[str, StepRow]
) -> LockstepError:
    """`NoSuchStep` where any of the names is none of the task's, or no item of its step; it names the steps there are.

    Else `StepNotThereYet` where the steps come, and a `Conflict` where the run has ended without them. `there` are the
    steps that the run has.
    """
    known = [*plan, *(name for name in there if name not in plan)]
    wrong = {name: why for name in names if (why := _why_never(name, known, plan, there)) is not None}
    if wrong:
        faults = tuple(Fault(place, wrong[name]) for name, place in names.items() if name in wrong and place)
        return NoSuchStep(f"{'; '.join(wrong.values())}; {_in_words(known)}", faults=faults)
    name = next(iter(names))
    if status.is_terminal:
        return Conflict(
            f"step {name} never came to be: the run is {status}, and ended before that",
            remedy="start a new run; or retry this one without naming steps, so that all of it begins",
        )
    if status is RunStatus.PAUSED:
        return Conflict(
            f"step {name} is not there yet, and comes when the run goes on: it is paused",
            remedy="POST /api/v1/runs/{id}/resume, and ask again when the run is RUNNING",
        )
    until = f"until the list of step {_step_of(name)} is known" if there else "until the run is RUNNING"
    return StepNotThereYet(
        f"step {name} is not there yet: the run is {status}",
        remedy=f"wait {until}, which GET /api/v1/runs/{{id}}/explain tells, and ask again",
        retry_after=_AGAIN_SECONDS,
    )


def _step_of(name: str) -> str:
    return name.partition("[")[0]


def _why_never(name: str, known: Collection[str], plan: Plan, there: Mapping[str, StepRow]) -> str | None:
    """Why no step and no item will ever have this name; None where one has it or may yet."""
    step, bracket, rest = name.partition("[")
    if step not in known:
        return f"the run has no step {quoted(name)}"
    if not bracket:
        return None
    if step in plan and not plan[step].for_each:
        return f"the run has no step {quoted(name)}, as step {step} has no foreach and so no items"
    row = there.get(step)
    if row is None or (row.items is None and not row.status.is_terminal):
        return None
    if row.items is None or int(rest.rstrip("]")) >= row.items:
        return f"the run has no step {quoted(name)}, as step {step} has {row.items or 'no'} items, counted from 0"
    return None


def _in_words(names: Sequence[str]) -> str:
    shown = ", ".join(names[:SHOWN_NAMES])
    more = f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
    return f"its steps are {shown}{more}" if names else "it has no steps"
