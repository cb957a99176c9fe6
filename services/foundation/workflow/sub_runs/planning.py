"""What a step that starts a run does now: waits for the one that it has, opens that one again, or starts another."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from foundation.contracts.definition import TaskDefinition
from foundation.contracts.gateway.run_token import MOST_ANCESTORS
from foundation.contracts.steps.run import RunStep
from foundation.domain.failures import FailureCode
from foundation.domain.ids import RunId, TenantId, new_uuid
from foundation.domain.people.payers import Payer
from foundation.domain.states import RUN_TRANSITIONS, RunStatus
from foundation.domain.words.quoting import quoted
from foundation.storage import tasks
from foundation.storage.execution import sub_runs, tool_events
from foundation.storage.execution.dispatches import StepClaim
from foundation.storage.execution.runs import NewRun, Parentage
from foundation.storage.execution.sub_runs import SubRun
from foundation.storage.session.database import Transaction
from foundation.storage.tasks import Task
from foundation.telemetry.traces import current_traceparent
from foundation.workflow.reruns import reopening

MAX_SUB_RUNS = 1000
"""Below one run that has none above, over all levels: what a task starts by mistake, level upon level, is bounded."""


@dataclass(frozen=True, slots=True)
class AwaitRun:
    """The step's run is open: an earlier claim has started it."""

    run_id: RunId


@dataclass(frozen=True, slots=True)
class ReopenRun:
    """The step's run ended early, and goes on: what it has done is neither done nor paid again."""

    run_id: RunId
    payer: Payer
    """Of the run that the step is of, which may have been retried by somebody else since."""


@dataclass(frozen=True, slots=True)
class BeginRun:
    """The step starts a run."""

    run: NewRun


RunPlan = AwaitRun | ReopenRun | BeginRun


class NoSubRun(Exception):
    """The step can have no run; `code` is that of its failure, `detail` says why."""

    def __init__(self, code: FailureCode, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


async def plan_run(tx: Transaction, claim: StepClaim, step: RunStep, given: Mapping[str, Any]) -> RunPlan:
    """What the claimed step does with this input; `NoSubRun` when it can have no run.

    A run that ended early goes on when it was started with the same input; with another input it would give the step
    what it did not ask for.
    """
    tenant_id = claim.dispatch.tenant_id
    earlier = await sub_runs.latest_of_step(tx, tenant_id, claim.dispatch.step_id)
    if earlier is not None and not earlier.status.is_terminal:
        return AwaitRun(earlier.run_id)
    if earlier is not None and await _may_go_on(tx, tenant_id, earlier, given):
        await _require_known_outcomes(tx, tenant_id, earlier.run_id)
        return ReopenRun(earlier.run_id, claim.payer)
    task = await tasks.find(tx, tenant_id, step.task)
    if task is None:
        detail = f"there is no live task {quoted(step.task)}; make it, or name another one"
        raise NoSubRun(FailureCode.TASK_MISSING, detail)
    return BeginRun(await _new_run(tx, claim, step, given, task))


async def _may_go_on(tx: Transaction, tenant_id: TenantId, earlier: SubRun, given: Mapping[str, Any]) -> bool:
    if RunStatus.RUNNING not in RUN_TRANSITIONS[earlier.status] or earlier.input != given:
        return False
    return not await reopening.is_too_late(tx, tenant_id, earlier.run_id)


async def _require_known_outcomes(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> None:
    """Nothing is repeated that may have taken effect unseen, and that nobody has looked at."""
    if unknown := sorted(await tool_events.steps_with_unknown_outcome(tx, tenant_id, run_id)):
        raise NoSubRun(
            FailureCode.OUTCOME_UNKNOWN,
            f"a tool of step {unknown[0]} of run {run_id} was started and its outcome is unknown, so that the run is"
            " not opened again; find out what it did, and fork that run or start a new one",
        )


async def _new_run(tx: Transaction, claim: StepClaim, step: RunStep, given: Mapping[str, Any], task: Task) -> NewRun:
    dispatch = claim.dispatch
    above = (*(one.run_id for one in claim.runs_above), dispatch.run_id)
    if len(above) > MOST_ANCESTORS:
        detail = f"{MOST_ANCESTORS} runs stand above each other already, which is the most; start fewer levels"
        raise NoSubRun(FailureCode.SUB_RUN_REFUSED, detail)
    if await sub_runs.count_below(tx, dispatch.tenant_id, above[0]) >= MAX_SUB_RUNS:
        detail = f"{MAX_SUB_RUNS} runs were started below run {above[0]} already, which is the most"
        raise NoSubRun(FailureCode.SUB_RUN_REFUSED, detail)
    definition = TaskDefinition.model_validate(task.definition)
    own, most = definition.budget, step.budget
    return NewRun(
        tenant_id=dispatch.tenant_id,
        run_id=RunId(new_uuid()),
        task_id=task.task_id,
        task_version=task.version,
        input=dict(given),
        budget_tokens=own.tokens if most is None or most.tokens is None else most.tokens,
        budget_nano_usd=own.nano() if most is None or most.cost_usd is None else most.nano(),
        timeout_seconds=min(definition.timeout_seconds, step.timeout_seconds),
        idempotency_key=None,
        request_digest=None,
        traceparent=current_traceparent() or claim.traceparent,
        created_by=claim.payer.user_id,
        payer_key_id=claim.payer.api_key_id,
        priority=definition.priority,
        concurrency=definition.concurrency,
        parentage=Parentage(above, dispatch.step_id, claim.attempt),
    )
