"""Starts a run once: one transaction with the run, its start in the outbox, its first event and the audit row."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from control_plane.definitions.tasks.service import archived_error
from control_plane.execution.runs.quota import count_start, require_start
from control_plane.identity.callers import ApiCaller
from foundation.contracts.definition import TaskDefinition
from foundation.contracts.run_events import RunCreated
from foundation.contracts.step_message import ExecutionInput
from foundation.contracts.steps.base import Budget
from foundation.domain.errors import Conflict, NotFound
from foundation.domain.ids import RunId, TaskId, new_uuid
from foundation.domain.states import Priority
from foundation.storage import keyed_calls, tasks
from foundation.storage.execution import run_events, runs
from foundation.storage.execution.runs import NewRun, Run
from foundation.storage.keyed_calls import KeyHolder
from foundation.storage.people import audit
from foundation.storage.session.database import Transaction
from foundation.storage.tasks import Task
from foundation.telemetry.logs import logger
from foundation.telemetry.spans.record import SpanAttribute
from foundation.telemetry.traces import annotate, current_traceparent
from foundation.workflow import run_control

_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What is to run: a task, by default in its newest version, on an input, within a budget above the task's own."""

    task_id: TaskId
    task_version: int | None
    input: Mapping[str, Any]
    budget: Budget
    priority: Priority | None = None
    """None for the task's."""

    def digest(self) -> bytes:
        """SHA-256 over the request; two requests under one Idempotency-Key must agree in it."""
        document = {
            "task_id": str(self.task_id),
            "task_version": self.task_version,
            "input": self.input,
            "budget": self.budget.model_dump(mode="json"),
            # left out where it is not given, so that what was sent before there were priorities has the same digest
            **({"priority": self.priority} if self.priority else {}),
        }
        return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).digest()


async def submit_run(
    tx: Transaction, caller: ApiCaller, request: RunRequest, *, idempotency_key: str | None, max_open: int
) -> tuple[Run, bool]:
    """The run, and whether this request started it: a repeat under the same key gets the run of the first."""
    digest = request.digest() if idempotency_key else None
    if idempotency_key and (earlier := await started_before(tx, caller, idempotency_key, digest)):
        return earlier, False
    task = await runnable_task(tx, caller, request)
    rules = await require_start(tx, caller, max_open=max_open)
    definition = definition_of(task)
    budget = budget_of(definition.budget, request.budget)
    run = NewRun(
        tenant_id=caller.tenant_id,
        run_id=RunId(new_uuid()),
        task_id=task.task_id,
        task_version=task.version,
        input=dict(request.input),
        budget_tokens=budget.tokens,
        budget_nano_usd=budget.nano(),
        timeout_seconds=definition.timeout_seconds,
        idempotency_key=idempotency_key,
        request_digest=digest,
        traceparent=current_traceparent(),
        created_by=caller.user_id,
        priority=request.priority or definition.priority,
        concurrency=definition.concurrency,
        started_by=caller.actor,
        payer_key_id=caller.api_key_id,
    )
    created, is_new = await insert_once(tx, caller, run)
    annotate({SpanAttribute.RUN_ID: str(created.run_id)})
    if not is_new:
        return created, False
    await count_start(tx, caller, rules)
    start = ExecutionInput(
        tenant_id=run.tenant_id, run_id=run.run_id, generation=created.generation, traceparent=run.traceparent
    )
    effects = [run_control.start_execution_effect(start)]
    await run_events.append(tx, caller.tenant_id, run.run_id, [RunCreated(actor=caller.actor)], effects=effects)
    await audit.record(tx, caller.tenant_id, actor=caller.actor, action="run.start", target=str(run.run_id))
    _log.info("run created", extra={"run_id": str(run.run_id), "task_id": str(run.task_id)})
    return created, True


async def runnable_task(tx: Transaction, caller: ApiCaller, request: RunRequest) -> Task:
    """The task in the version that is asked for; `NotFound` or `Conflict` when no run of it can be started."""
    task = await tasks.get(tx, caller.tenant_id, request.task_id, version=request.task_version)
    if task is None:
        remedy = "GET /api/v1/tasks lists the tasks of your tenant"
        raise NotFound("there is no such task, or no such version of it", remedy=remedy)
    if task.archived_at is not None:
        raise archived_error()
    return task


async def insert_once(tx: Transaction, caller: ApiCaller, run: NewRun) -> tuple[Run, bool]:
    """The inserted run, or with False the run that another request under its Idempotency-Key has just started."""
    created = await runs.insert(tx, run)
    if created is not None:
        return created, True
    # Another request of this key was faster, and has committed by now.
    earlier = await started_before(tx, caller, str(run.idempotency_key), run.request_digest)
    if earlier is None:
        raise Conflict("another request with this Idempotency-Key was just rolled back", remedy="send it again")
    return earlier, False


async def started_before(tx: Transaction, caller: ApiCaller, key: str, digest: bytes | None) -> Run | None:
    """The run that this key has started; `IdempotencyConflict` when another request has started it, or used the key.

    Nobody else uses the key until the transaction ends.
    """
    await keyed_calls.hold(tx, KeyHolder.of_tenant(caller.tenant_id), key)
    row = await runs.by_idempotency_key(tx, caller.tenant_id, key)
    if row is None:
        if await keyed_calls.is_claimed(tx, caller.tenant_id, key):
            raise keyed_calls.reused()
        return None
    run_id, earlier_digest = row
    if earlier_digest != digest:
        raise keyed_calls.reused()
    return await runs.get(tx, caller.tenant_id, run_id)


def definition_of(task: Task) -> TaskDefinition:
    """The version's definition; `Conflict` when a rule that came after it refuses it."""
    try:
        return TaskDefinition.model_validate(task.definition)
    except ValidationError as error:
        detail = f"version {task.version} of the task is not accepted any more"
        raise Conflict(detail, remedy="PATCH the task: the answer says what must change") from error


def budget_of(task: Budget, run: Budget) -> Budget:
    """The run's own limits, and the task's where it has none."""
    return Budget(
        tokens=task.tokens if run.tokens is None else run.tokens,
        cost_usd=task.cost_usd if run.cost_usd is None else run.cost_usd,
    )
