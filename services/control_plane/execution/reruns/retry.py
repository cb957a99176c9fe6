"""Retries a run that ended early, in a new generation: what succeeded stands, is not repeated and not paid again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from control_plane.execution.reruns.items_named import why_item
from control_plane.execution.runs import missing_steps, read
from control_plane.execution.runs.quota import require_room
from control_plane.identity.callers import ApiCaller
from control_plane.requests.etags import require_version
from foundation.contracts.accepted.sentences import first_of
from foundation.contracts.steps.base import Budget
from foundation.domain.errors import BadRequest, Conflict, Fault, IllegalTransition, NotFound
from foundation.domain.ids import RunId, StepId
from foundation.domain.people.payers import Payer
from foundation.domain.reruns import StandingStep, StepRerun, steps_to_retry
from foundation.domain.states import RUN_TRANSITIONS, RunStatus
from foundation.domain.words.quoting import quoted
from foundation.storage.execution import doubtful_jobs, tool_events
from foundation.storage.execution.runs import Run
from foundation.storage.people import audit
from foundation.storage.session.database import Transaction
from foundation.storage.session.seen import Expected
from foundation.workflow.reruns import reopening
from foundation.workflow.reruns.reopening import RetryPlan
from foundation.workflow.run_control import RunRow


@dataclass(frozen=True, slots=True)
class RetryRequest:
    """Which steps run again, with all below them (none: those that did not succeed), and limits that replace others."""

    named: tuple[str, ...]
    budget: Budget


async def retry(
    tx: Transaction, caller: ApiCaller, run_id: RunId, request: RetryRequest, *, expected: Expected, max_open: int
) -> Run:
    """The run, open again, from now on at the caller's expense.

    `Conflict` when it cannot be retried, `BadRequest` when a named step cannot run again, `NoSuchStep` when its task
    has none of that name.
    """
    row, steps = await reopening.lock(tx, caller.tenant_id, run_id)
    if row is None:
        raise NotFound("there is no such run")
    require_version("run", row.version, expected, to="repeat your call")
    await _require_retryable(tx, row)
    await _require_known(tx, caller, run_id, steps.values(), request.named)
    await require_room(tx, caller, max_open=max_open)
    again = await _steps_again(tx, row, steps, request.named)
    plan = RetryPlan(caller.actor, Payer(caller.user_id, caller.api_key_id), again, request.budget)
    generation = await reopening.reopen(tx, row, steps, plan)
    detail = {"generation": generation, "steps": list(again), "budget": request.budget.model_dump(exclude_none=True)}
    await audit.record(tx, caller.tenant_id, actor=caller.actor, action="run.retry", target=str(run_id), detail=detail)
    return await read.get(tx, caller, run_id)


async def _require_retryable(tx: Transaction, row: RunRow) -> None:
    if not row.status.is_terminal:
        remedy = "wait for its end, or cancel it first"
        if doubts := await doubtful_jobs.asked_of_run(tx, row.tenant_id, row.run_id):
            remedy = f"decide what became of step {doubts[0].step}: POST /runs/{{id}}/steps/{doubts[0].step}/outcome"
        raise IllegalTransition(f"the run is {row.status}; only a run that has ended can be retried", remedy=remedy)
    if row.parent_run_id is not None:
        detail = f"a step of run {row.parent_run_id} started this run, and no other step waits for it"
        raise Conflict(detail, remedy="retry the run that stands above all others; a step goes on with its own run")
    if RunStatus.RUNNING not in RUN_TRANSITIONS[row.status]:
        remedy = "fork it from the step that is to run again: POST /runs/{id}/fork"
        raise IllegalTransition(f"the run is {row.status}; only a run that ended early can be retried", remedy=remedy)
    if await reopening.is_too_late(tx, row.tenant_id, row.run_id):
        remedy = "fork it, or start a new run"
        detail = f"the run ended too long ago: a run can be retried for {reopening.MAX_RETRY_HOURS} hours after its end"
        raise Conflict(detail, remedy=remedy)


async def _require_known(
    tx: Transaction, caller: ApiCaller, run_id: RunId, steps: Iterable[StandingStep], named: tuple[str, ...]
) -> None:
    known = {step.name for step in steps}
    places = {name: f"/body/from/{place}" for place, name in enumerate(named)}
    absent: dict[str, str | None] = {
        name: place for name, place in places.items() if name not in known and not why_item(name, known)
    }
    if absent:
        raise await missing_steps.missing(tx, caller, await read.get(tx, caller, run_id), absent)
    faults = []
    for place, name in enumerate(named):
        if detail := why_item(name, known):
            faults.append(Fault(f"/body/from/{place}", detail))
        elif named.index(name) != place:
            faults.append(Fault(f"/body/from/{place}", f"{quoted(name)} is named twice"))
    if faults:
        first = first_of(faults, most=3)
        remedy = "GET /runs/{id}/steps lists the run's steps"
        raise BadRequest(f"these steps cannot run again: {first}", faults=tuple(faults), remedy=remedy)


async def _steps_again(
    tx: Transaction, row: RunRow, steps: Mapping[StepId, StandingStep], named: tuple[str, ...]
) -> Mapping[str, StepRerun]:
    """How each step runs again. What may have taken effect unseen is repeated only where somebody names its step.

    A step that has no sound checkpoint left begins from its beginning where somebody names it, as that costs anew.
    """
    again = dict(steps_to_retry(list(steps.values()), named=named))
    unknown = await tool_events.steps_with_unknown_outcome(tx, row.tenant_id, row.run_id) & again.keys()
    if unnamed := sorted(unknown - set(named)):
        raise Conflict(
            f"a tool of step {', '.join(unnamed)} was started and its outcome is unknown; it is not repeated unasked",
            remedy=(
                "find out what it did; to run the step again all the same, name it in `from`. While a run is open, a"
                " person decides about such a step instead: POST /runs/{id}/steps/{name}/outcome"
            ),
        )
    anew = unknown | await reopening.steps_without_checkpoint(tx, row.tenant_id, row.run_id) & set(named)
    return {name: replace(one, afresh=True, new_turn=True) if name in anew else one for name, one in again.items()}
