"""Opens a run again that ended early: the one place where a terminal run stops being terminal."""

from collections.abc import Mapping
from dataclasses import dataclass

from foundation.contracts.run_events import RunRetried
from foundation.contracts.steps.base import Budget
from foundation.domain.ids import RunId, StepId, TenantId
from foundation.domain.people.payers import Payer
from foundation.domain.reruns import StandingStep, StepRerun
from foundation.domain.states import StepKind, StepStatus
from foundation.storage.execution import items, run_events, tool_events
from foundation.storage.execution.checkpoints.chains import CheckpointCorrupt
from foundation.storage.execution.dead import dead_letters
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.statements import text
from foundation.workflow import run_control
from foundation.workflow.run_control import RunRow

MAX_RETRY_HOURS = 23
"""Counters that Redis lost are rebuilt for runs that ended within a day; a later retry could spend its budget twice."""
_MAX_RUN_DAYS = 30
"""A run's deadline is this long after its beginning at the latest."""


@dataclass(frozen=True, slots=True)
class RetryPlan:
    """What a retry does: by whom, which steps run again and how, and the limits that replace the run's, key by key.

    What is asked for anew is paid by who asks: from here on the run is the `payer`'s.
    """

    actor: str
    payer: Payer
    again: Mapping[str, StepRerun]
    budget: Budget


async def lock(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> tuple[RunRow | None, dict[StepId, StandingStep]]:
    """Locks every step of the run in id order, which is topological order, and then its row.

    The rows of items are locked too, and left out of the answer: they follow the step that they belong to.
    """
    run, rows = await run_control.lock_run_and_all_steps(tx, tenant_id, run_id)
    return run, {
        row.step_id: StandingStep(row.name, StepKind(row.kind), StepStatus(row.status), tuple(row.needs), row.excused)
        for row in rows
        if row.parent_id is None
    }


async def is_too_late(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> bool:
    """Whether the run ended too long ago to be opened again, or is too old to get more time."""
    row = await tx.execute(
        text(
            """SELECT ended_at < now() - :hours * interval '1 hour' OR created_at < now() - :days * interval '1 day'
               FROM runs WHERE tenant_id = :tenant_id AND run_id = :run_id"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id, "hours": MAX_RETRY_HOURS, "days": _MAX_RUN_DAYS},
    )
    return bool(row.scalar_one())


async def steps_without_checkpoint(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> set[str]:
    """The names of the steps that failed because no checkpoint of them is sound; an item goes by its step's name."""
    rows = await tx.execute(
        text(
            """SELECT DISTINCT split_part(name, '[', 1) AS name FROM steps
               WHERE tenant_id = :tenant_id AND run_id = :run_id AND error ->> 'code' = :code"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id, "code": CheckpointCorrupt.code},
    )
    return {row.name for row in rows}


async def reopen(tx: Transaction, run: RunRow, steps: Mapping[StepId, StandingStep], plan: RetryPlan) -> int:
    """Opens the next generation of an ended run, in which the steps of the plan run again; returns its number.

    All its steps and the run must be locked, in that order. The run's clock begins anew.
    """
    await _reopen_steps(tx, run, steps, plan.again)
    await tx.execute(
        text(
            """UPDATE runs
               SET status = CASE WHEN started_at IS NULL THEN 'PENDING' ELSE 'RUNNING' END, ended_at = NULL,
                   output = NULL, error = NULL, stop_cause = NULL, usage_final = false, clock_used = '0',
                   budget_tokens = COALESCE(:tokens, budget_tokens),
                   budget_nano_usd = COALESCE(:nano_usd, budget_nano_usd),
                   payer_user_id = :payer_user_id, payer_key_id = :payer_key_id
               WHERE tenant_id = :tenant_id AND run_id = :run_id"""
        ),
        {
            "tenant_id": run.tenant_id,
            "run_id": run.run_id,
            "tokens": plan.budget.tokens,
            "nano_usd": plan.budget.nano(),
            "payer_user_id": plan.payer.user_id,
            "payer_key_id": plan.payer.api_key_id,
        },
    )
    await dead_letters.lock_open(tx, run.tenant_id, run.run_id)
    await dead_letters.mark_redriven(tx, run.tenant_id, run.run_id, list(plan.again), by=plan.actor)
    event = RunRetried(actor=plan.actor, ended_as=run.status, steps=list(plan.again))
    await run_events.append(tx, run.tenant_id, run.run_id, [event])
    return await run_control.open_generation(tx, run, reason=f"retried by {plan.actor}")


async def _reopen_steps(
    tx: Transaction, run: RunRow, steps: Mapping[StepId, StandingStep], again: Mapping[str, StepRerun]
) -> None:
    """Makes unfinished steps of those that run again; `run_control.open_generation` then enqueues them."""
    chosen = {step_id: step for step_id, step in steps.items() if step.name in again}
    going_on = [step_id for step_id, step in chosen.items() if not again[step.name].afresh]
    their_items = await items.unsuccessful(tx, run.tenant_id, going_on)
    await tool_events.reopen(tx, run.tenant_id, [*going_on, *their_items])
    await items.open_again(tx, run.tenant_id, going_on)
    rows = [
        {
            "step_id": str(step_id),
            "afresh": again[step.name].afresh,
            "new_turn": again[step.name].new_turn,
            "unmet": sum(need in again for need in step.needs),
        }
        for step_id, step in chosen.items()
    ]
    await tx.execute(
        text(
            """UPDATE steps s
               SET status = 'QUEUED', unmet_needs = a.unmet, earlier_attempts = s.attempt, ended_at = NULL,
                   started_at = NULL, deadline_at = NULL, clock_left = NULL, output = NULL, error = NULL,
                   skip_reason = NULL, excused = false,
                   turn = CASE WHEN a.new_turn AND s.attempt > 0 THEN next_turn(s) ELSE s.turn END,
                   checkpoint_head = CASE WHEN a.afresh THEN NULL ELSE s.checkpoint_head END,
                   checkpoint_length = CASE WHEN a.afresh THEN NULL ELSE s.checkpoint_length END,
                   items = CASE WHEN a.afresh THEN NULL ELSE s.items END
               FROM jsonb_to_recordset(CAST(:rows AS jsonb))
                    AS a(step_id uuid, afresh boolean, new_turn boolean, unmet int)
               WHERE s.tenant_id = :tenant_id AND s.step_id = a.step_id"""
        ),
        {"tenant_id": run.tenant_id, "rows": jsonb(rows)},
    )
