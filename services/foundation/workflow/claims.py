"""Claims, parks and leases steps. PostgreSQL decides who holds a step, and each write of a holder names its fence."""

from collections.abc import Sequence
from dataclasses import dataclass

from foundation.domain.errors import LeaseLost
from foundation.domain.ids import RunId, StepId, TenantId
from foundation.domain.people.payers import Payer
from foundation.domain.states import RunStatus, StepStatus, WaitReason
from foundation.storage.execution.dispatches import (
    NO_OUTPUTS,
    LeaseFence,
    Outputs,
    RunAbove,
    StepClaim,
    StepDispatch,
    StepItem,
)
from foundation.storage.session.database import Transaction
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class StepState:
    """The present state of a step and its run, read to decide what becomes of a message whose claim failed."""

    status: StepStatus
    run_status: RunStatus
    generation: int
    tick: int
    unmet_needs: int
    wait_reason: WaitReason | None
    limited: bool
    """Something besides slots limits how many like it run at once."""


# Of a step of which something limits how many run at once only whoever has counted them may be the taker (`admitted`).
# Whoever asks somebody or starts a run does nothing else, and waits without a worker.
_LIMITED = """(s.kind NOT IN ('approval', 'run') AND (s.resources IS NOT NULL OR r.concurrency IS NOT NULL OR EXISTS (
                 SELECT FROM tenants t WHERE t.tenant_id = :tenant_id AND t.settings -> 'concurrency' ? 'steps')))"""

# A step whose holder is gone stays `RUNNING` until the sweeper has fenced it and counted whether it is tried again.
# A step that runs for an item is called after its step, `name[index]`, and its failure is that step's to judge.
# Each table is looked up by its whole key. A young database has no statistics, so a plan that may start from the
# tenant's column alone would read all that the tenant has. `IS TRUE` keeps the planner from using that comparison to
# find the step, and LATERAL with a LIMIT is not turned into a join whose order the planner chooses.
_CLAIMED = (
    """WITH claimed AS (
           UPDATE steps s
           SET status = 'RUNNING', fence = fence + 1, worker_id = :worker_id, task_token = :task_token,
               lease_expires_at = now() + :lease * interval '1 second',
               attempt = attempt + CASE WHEN s.attempt = s.earlier_attempts OR s.status = 'RETRYING' THEN 1 ELSE 0 END,
               started_at = COALESCE(s.started_at, now()),
               deadline_at = COALESCE(
                   s.deadline_at, now() + COALESCE(s.clock_left, s.timeout_seconds) * interval '1 second'),
               clock_left = NULL,
               wait_reason = NULL, waiting_since = NULL, retry_at = NULL
           FROM runs r
           WHERE s.tenant_id = :tenant_id AND s.step_id = :step_id AND s.generation = :generation AND s.tick = :tick
             AND s.unmet_needs = 0 AND (s.wait_reason IS NULL OR s.wait_reason NOT IN ('approval', 'run'))
             AND s.status IN ('QUEUED', 'WAITING', 'RETRYING')
             AND r.tenant_id = :tenant_id AND r.run_id = :run_id AND (s.run_id = r.run_id) IS TRUE
             AND r.status = 'RUNNING' AND r.generation = :generation
             AND (:admitted OR NOT""",
    _LIMITED,
    """)
           RETURNING s.tenant_id, s.run_id, s.name, s.kind, s.fence, s.worker_id, s.attempt, s.earlier_attempts, s.turn,
                     s.started_at, s.deadline_at, s.needs, s.parent_id, s.item_index, s.item, s.checkpoint_head,
                     s.checkpoint_length, s.queued_at, r.input AS run_input,
                     COALESCE(r.payer_user_id, r.created_by) AS payer_user_id, r.payer_key_id,
                     r.budget_tokens AS run_budget_tokens, r.budget_nano_usd AS run_budget_nano_usd, r.traceparent,
                     r.task_id, r.task_version, r.overrides, r.ancestor_run_ids)
       SELECT c.name, c.kind, c.fence, c.worker_id, c.attempt, c.earlier_attempts, c.turn, c.started_at, c.needs,
              c.parent_id, c.item_index, c.item, c.checkpoint_head, c.checkpoint_length, c.run_input,
              c.payer_user_id, c.payer_key_id,
              GREATEST(EXTRACT(EPOCH FROM now() - c.queued_at), 0)::float AS queued_seconds,
              c.run_budget_tokens, c.run_budget_nano_usd, c.traceparent, c.ancestor_run_ids,
              EXTRACT(EPOCH FROM c.deadline_at - now())::float AS seconds_left,
              d.definition,
              CASE WHEN c.parent_id IS NOT NULL THEN 'continue'
                   ELSE COALESCE(d.definition ->> 'on_failure', v.definition ->> 'on_step_failure') END AS on_failure,
              v.turns_per_dispatch, v.definition -> 'egress' AS egress,
              v.definition -> 'secrets' AS secrets, v.definition -> 'tool_versions' AS tool_versions""",
)
# What is read of others is left out of the statement where nobody reads it, because PostgreSQL prepares for each part
# of a plan, also for one that it never comes to.
_OUTPUTS = """, (SELECT jsonb_object_agg(o.name, CASE WHEN NOT o.excused THEN jsonb_build_array(o.output) END)
                FROM steps o
                WHERE o.tenant_id = c.tenant_id AND o.run_id = c.run_id AND o.parent_id IS NULL
                  AND (o.status = 'SUCCESS' OR o.excused)) AS outputs"""
_DEFINITION = """       FROM claimed c
       CROSS JOIN LATERAL (
           SELECT * FROM task_versions v
           WHERE v.tenant_id = c.tenant_id AND v.task_id = c.task_id AND v.version = c.task_version LIMIT 1) v
       CROSS JOIN LATERAL (
           SELECT jsonb_path_query_first(v.definition, '$.steps[*] ? (@.name == $name)',
                                         jsonb_build_object('name', split_part(c.name, '[', 1)))
                      || COALESCE(c.overrides -> split_part(c.name, '[', 1), '{}') AS definition) d"""
_CLAIM = text(*_CLAIMED, _DEFINITION)
_CLAIM_WITH_OUTPUTS = text(*_CLAIMED, _OUTPUTS, _DEFINITION)


async def claim(
    tx: Transaction,
    dispatch: StepDispatch,
    *,
    worker_id: str,
    lease_seconds: float,
    admitted: bool = False,
    needs_ended: bool = False,
) -> StepClaim | None:
    """Takes the step if it may run now: raises its fence and starts its lease. None when it may not.

    `admitted` is whether the caller has made sure that no limit on what runs at once is in its way. `needs_ended` is
    whether the caller knows that all needs had ended before this statement: only then are their outputs read by it.
    Where the statement waits for the row, until the last need has ended, it sees the step's row anew, but not theirs.
    """
    row = (
        await tx.execute(
            _CLAIM_WITH_OUTPUTS if needs_ended else _CLAIM,
            {
                "tenant_id": dispatch.tenant_id,
                "run_id": dispatch.run_id,
                "step_id": dispatch.step_id,
                "generation": dispatch.generation,
                "tick": dispatch.tick,
                "task_token": dispatch.task_token,
                "worker_id": worker_id,
                "lease": lease_seconds,
                "admitted": admitted,
            },
        )
    ).first()
    if row is None:
        return None
    item = None if row.parent_id is None else StepItem(row.parent_id, row.item_index, row.item)
    above = await _runs_above(tx, dispatch.tenant_id, row.ancestor_run_ids) if row.ancestor_run_ids else ()
    outputs = Outputs.of(row.outputs or {}) if needs_ended else None
    if not row.needs and item is None:
        outputs = NO_OUTPUTS
    payer = Payer(row.payer_user_id, row.payer_key_id)
    return value_of(StepClaim, row, dispatch=dispatch, payer=payer, item=item, runs_above=above, outputs=outputs)


async def _runs_above(tx: Transaction, tenant_id: TenantId, run_ids: Sequence[RunId]) -> tuple[RunAbove, ...]:
    """The runs as they stand now, in the order of these ids."""
    rows = await tx.execute(
        text(
            """SELECT a.run_id, a.generation, a.budget_tokens, a.budget_nano_usd
               FROM unnest(CAST(:run_ids AS uuid[])) WITH ORDINALITY AS above(run_id, place)
               JOIN runs a ON a.tenant_id = :tenant_id AND a.run_id = above.run_id
               ORDER BY above.place"""
        ),
        {"tenant_id": tenant_id, "run_ids": list(run_ids)},
    )
    return tuple(value_of(RunAbove, row) for row in rows)


async def hand_over(tx: Transaction, lease: LeaseFence, reason: WaitReason) -> None:
    """Lets a held step wait without a worker, with its token on its row and its clock stopped.

    `LeaseLost` when the fence has been raised since.
    """
    row = await tx.execute(
        text(
            """UPDATE steps SET status = 'WAITING', wait_reason = :reason, waiting_since = now(),
                                lease_expires_at = NULL, worker_id = NULL, deadline_at = NULL,
                                clock_left = COALESCE(EXTRACT(EPOCH FROM deadline_at - now()), clock_left)
               WHERE tenant_id = :tenant_id AND step_id = :step_id AND fence = :fence AND status = 'RUNNING'
               RETURNING 1"""
        ),
        {
            "tenant_id": lease.dispatch.tenant_id,
            "step_id": lease.dispatch.step_id,
            "fence": lease.fence,
            "reason": reason.value,
        },
    )
    if row.first() is None:
        raise LeaseLost("another holder has this step now; what it was to wait for was not asked for")


async def take_back(tx: Transaction, tenant_id: TenantId, step_id: StepId) -> StepDispatch | None:
    """Ends the wait of a step for people: the dispatch that the caller must enqueue, or None when it does not wait."""
    row = (
        await tx.execute(
            text(
                """UPDATE steps SET status = 'QUEUED', wait_reason = NULL, waiting_since = NULL
                   WHERE tenant_id = :tenant_id AND step_id = :step_id AND status = 'WAITING'
                     AND wait_reason = 'approval'
                   RETURNING run_id, generation, tick, task_token"""
            ),
            {"tenant_id": tenant_id, "step_id": step_id},
        )
    ).first()
    if row is None:
        return None
    return StepDispatch(tenant_id, row.run_id, step_id, row.generation, row.tick, row.task_token)


async def keep_token(tx: Transaction, dispatch: StepDispatch) -> bool:
    """Keeps another message's token for a step that was handed over; False when it does not wait so any more."""
    row = await tx.execute(
        text(
            """UPDATE steps SET task_token = :task_token
               WHERE tenant_id = :tenant_id AND step_id = :step_id AND generation = :generation AND tick = :tick
                 AND (status = 'OUTCOME_UNKNOWN' OR (status = 'WAITING' AND wait_reason IN ('approval', 'run')))
               RETURNING 1"""
        ),
        {
            "tenant_id": dispatch.tenant_id,
            "step_id": dispatch.step_id,
            "generation": dispatch.generation,
            "tick": dispatch.tick,
            "task_token": dispatch.task_token,
        },
    )
    return row.first() is not None


async def read_state(tx: Transaction, tenant_id: TenantId, step_id: StepId) -> StepState | None:
    """The state of a step and its run; None when the tenant has no such step."""
    row = (
        await tx.execute(
            text(
                """SELECT s.status, s.generation, s.tick, s.unmet_needs, s.wait_reason, r.status AS run_status,""",
                _LIMITED,
                """AS limited
                   FROM steps s JOIN runs r USING (tenant_id, run_id)
                   WHERE s.tenant_id = :tenant_id AND s.step_id = :step_id""",
            ),
            {"tenant_id": tenant_id, "step_id": step_id},
        )
    ).first()
    if row is None:
        return None
    return value_of(StepState, row)


async def any_held(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> bool:
    """Whether a worker holds a step of the run under a lease that has not lapsed."""
    row = await tx.execute(
        text(
            """SELECT 1 FROM steps WHERE tenant_id = :tenant_id AND run_id = :run_id AND status = 'RUNNING'
                 AND lease_expires_at > now() LIMIT 1"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id},
    )
    return row.first() is not None


async def is_over(tx: Transaction, claim: StepClaim) -> bool:
    """Whether no worker will go on with the step: it has ended, or its time is over while this holder has it.

    A holder that loses its step checks this before it ends a job that it started, as its successor may have joined it.
    The deadline gets a second's grace, because a holder's own clock may be ahead of the database's.
    """
    row = (
        await tx.execute(
            text(
                """SELECT ended_at IS NOT NULL
                          OR (fence = :fence AND deadline_at <= now() + interval '1 second') AS over
                   FROM steps WHERE tenant_id = :tenant_id AND step_id = :step_id"""
            ),
            {
                "tenant_id": claim.dispatch.tenant_id,
                "step_id": claim.dispatch.step_id,
                "fence": claim.fence,
            },
        )
    ).first()
    return row is None or bool(row.over)


async def renew(
    tx: Transaction, tenant_id: TenantId, held: Sequence[tuple[StepId, int]], *, lease_seconds: float
) -> set[tuple[StepId, int]]:
    """Prolongs the leases of (step, fence) pairs; returns those still held. Other holders have the rest."""
    rows = await tx.execute(
        text(
            """UPDATE steps SET lease_expires_at = now() + :lease * interval '1 second'
               FROM unnest(CAST(:steps AS uuid[]), CAST(:fences AS bigint[])) AS held(step_id, fence)
               WHERE steps.tenant_id = :tenant_id AND steps.step_id = held.step_id AND steps.fence = held.fence
                 AND steps.status = 'RUNNING'
               RETURNING steps.step_id, steps.fence"""
        ),
        {
            "tenant_id": tenant_id,
            "steps": [step_id for step_id, _ in held],
            "fences": [fence for _, fence in held],
            "lease": lease_seconds,
        },
    )
    return {(row.step_id, row.fence) for row in rows}
