"""Forks a run: a new one takes over what the old one has finished, and begins from one of its steps."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from control_plane.definitions.tasks.service import archived_error
from control_plane.execution.reruns.overrides import check_overrides
from control_plane.execution.reruns.starting_point import starting_turn
from control_plane.execution.runs import read
from control_plane.execution.runs.kept import require_kept
from control_plane.execution.runs.quota import count_start, require_start
from control_plane.execution.runs.submit import definition_of, insert_once, started_before
from control_plane.identity.callers import ApiCaller
from foundation.contracts.run_events import RunForked
from foundation.contracts.step_message import ExecutionInput
from foundation.contracts.steps.base import Budget
from foundation.domain.errors import Conflict, NotFound
from foundation.domain.ids import RunId, new_uuid
from foundation.domain.policy.retention import ContentKind
from foundation.domain.reruns import below, steps_to_copy
from foundation.storage import tasks
from foundation.storage.execution import run_events, steps, tool_events
from foundation.storage.execution.runs import Lineage, NewRun, Run
from foundation.storage.execution.steps import StepRow
from foundation.storage.people import audit
from foundation.storage.session import outbox
from foundation.storage.session.database import Transaction
from foundation.storage.tasks import Task
from foundation.telemetry.spans.record import SpanAttribute
from foundation.telemetry.traces import annotate, current_traceparent
from foundation.workflow import run_control
from foundation.workflow.reruns import forking
from foundation.workflow.reruns.forking import ForkPlan


@dataclass(frozen=True, slots=True)
class ForkRequest:
    """From which step (and turn of an agent) the new run begins, and what differs in it; None keeps the origin's."""

    start: str
    turn: int | None
    input: Mapping[str, Any] | None
    overrides: Mapping[str, Mapping[str, Any]]
    budget: Budget
    begins: bool
    """Whether it begins at once; else it is paused until somebody resumes it."""

    def digest(self, origin: RunId) -> bytes:
        """SHA-256 over the request; two requests under one Idempotency-Key must agree in it."""
        document = {
            "fork": str(origin),
            "from": self.start,
            "turn": self.turn,
            "input": self.input,
            "overrides": self.overrides,
            "budget": self.budget.model_dump(mode="json"),
            "start": self.begins,
        }
        return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).digest()


async def fork(
    tx: Transaction,
    caller: ApiCaller,
    origin_id: RunId,
    request: ForkRequest,
    *,
    idempotency_key: str | None,
    max_open: int,
) -> tuple[Run, bool]:
    """The new run, and whether this request made it: a repeat under the same key gets the run of the first."""
    digest = request.digest(origin_id) if idempotency_key else None
    if idempotency_key and (earlier := await started_before(tx, caller, idempotency_key, digest)):
        return earlier, False
    if not await forking.hold_still(tx, caller.tenant_id, origin_id):
        raise NotFound("there is no such run")
    origin = await read.get(tx, caller, origin_id)
    require_kept(origin, ContentKind.PROMPTS, ContentKind.ANSWERS, ContentKind.ARTIFACTS)
    rows = await steps.of_run(tx, caller.tenant_id, origin_id)
    plan = await _plan(tx, caller, origin, rows, request)
    task = await _task(tx, caller, origin)
    definition = definition_of(task)
    check_overrides(definition, request.overrides, running={row.name for row in rows} - plan.copied)
    rules = await require_start(tx, caller, max_open=max_open)
    run = NewRun(
        tenant_id=caller.tenant_id,
        run_id=RunId(new_uuid()),
        task_id=task.task_id,
        task_version=task.version,
        input=origin.input if request.input is None else dict(request.input),
        budget_tokens=origin.budget_tokens if request.budget.tokens is None else request.budget.tokens,
        budget_nano_usd=origin.budget_nano_usd if request.budget.cost_usd is None else request.budget.nano(),
        timeout_seconds=definition.timeout_seconds,
        idempotency_key=idempotency_key,
        request_digest=digest,
        traceparent=current_traceparent(),
        created_by=caller.user_id,
        priority=origin.priority,
        concurrency=definition.concurrency,
        started_by=caller.actor,
        payer_key_id=caller.api_key_id,
        lineage=Lineage(origin_id, plan.start, plan.turn, {name: dict(one) for name, one in request.overrides.items()}),
        paused=not request.begins,
    )
    created, is_new = await insert_once(tx, caller, run)
    annotate({SpanAttribute.RUN_ID: str(created.run_id)})
    if is_new:
        await count_start(tx, caller, rules)
        await forking.insert_steps(tx, caller.tenant_id, created.run_id, rows, plan)
        await _announce(tx, caller, run, plan)
    return created, is_new


async def _plan(
    tx: Transaction, caller: ApiCaller, origin: Run, rows: Sequence[StepRow], request: ForkRequest
) -> ForkPlan:
    turn = await starting_turn(tx, caller, origin, rows, start=request.start, turn=request.turn)
    standing = [row.standing() for row in rows]
    copied = steps_to_copy(standing, start=request.start)
    unknown = await tool_events.steps_with_unknown_outcome(tx, caller.tenant_id, origin.run_id)
    if unasked := sorted(unknown - copied - below(standing, [request.start])):
        raise Conflict(
            f"a tool of step {', '.join(unasked)} was started and its outcome is unknown; it is not repeated unasked",
            remedy="fork from this step or from one above it"
            + ("" if origin.status.is_terminal else ", or decide first: POST /runs/{id}/steps/{name}/outcome"),
        )
    return ForkPlan(origin.run_id, request.start, turn, copied)


async def _task(tx: Transaction, caller: ApiCaller, origin: Run) -> Task:
    task = await tasks.get(tx, caller.tenant_id, origin.task_id, version=origin.task_version)
    if task is None:
        raise NotFound("there is no such version of the run's task")
    if task.archived_at is not None:
        raise archived_error()
    return task


async def _announce(tx: Transaction, caller: ApiCaller, run: NewRun, plan: ForkPlan) -> None:
    """The start in the outbox, unless it is paused; the run's first event; the audit row."""
    if not run.paused:
        start = ExecutionInput(tenant_id=run.tenant_id, run_id=run.run_id, generation=1, traceparent=run.traceparent)
        await outbox.write(tx, caller.tenant_id, [run_control.start_execution_effect(start)])
    event = RunForked(
        actor=caller.actor, run_id=plan.origin, step=plan.start, turn=plan.turn, copied=sorted(plan.copied)
    )
    await run_events.append(tx, caller.tenant_id, run.run_id, [event])
    detail = {"run_id": str(plan.origin), "step": plan.start, "turn": plan.turn}
    await audit.record(
        tx, caller.tenant_id, actor=caller.actor, action="run.fork", target=str(run.run_id), detail=detail
    )
