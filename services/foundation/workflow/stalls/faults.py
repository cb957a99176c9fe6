"""Finds, from the rows alone, where open runs of a tenant hang: what is overdue, and what can never come."""

from datetime import datetime
from typing import Any

from foundation.domain.ids import RunId, TenantId
from foundation.domain.permissions import DECIDING_ROLES, Permission
from foundation.domain.plan import Node, cycle_of
from foundation.storage.session.database import Transaction
from foundation.storage.session.statements import text
from foundation.workflow import lapses
from foundation.workflow.stalls import queue_watch
from foundation.workflow.stalls.causes import Stall, StallCause

GRACE_SECONDS = 30.0
"""How long what is due may take: a worker sweeps every few seconds, and a relay sends at once."""
SILENCE_SECONDS = 45.0
"""How long a run may make no progress at all while something of it must be on its way through SQS or Step Functions."""

# Each part looks a table up by its whole key, because a young database has no statistics to plan by.
# A step that waits for others is at fault only where its needs are; what they wait for themselves is found at them.
# A lease is a worker's word that it lives: once it has lapsed any sweep takes the step, so it has the least grace.
# A holder is at fault that lived to see its step's deadline, as it renewed its lease since.
# A run is at fault where nothing of it moves, although something should be on its way through SQS or Step Functions.
_FAULTS = text(
    """
    WITH clock AS (
        SELECT COALESCE(CAST(:now AS timestamptz), now()) AS now, :grace * interval '1 second' AS grace,
               :silence * interval '1 second' AS silence, :taken_back * interval '1 second' AS taken_back),
    open_runs AS MATERIALIZED (
        SELECT r.tenant_id, r.run_id, r.status, r.pause_reason, r.progressed_at, run_deadline(r) AS deadline,
               r.parent_run_id, r.parent_step_id,
               clock.now, clock.now - clock.grace AS due, clock.now - clock.silence AS silent,
               clock.now - clock.taken_back AS taken
        FROM clock, runs r
        WHERE r.tenant_id = :tenant_id AND r.ended_at IS NULL
          AND (CAST(:run_id AS uuid) IS NULL OR r.run_id = CAST(:run_id AS uuid))),
    watch AS MATERIALIZED (
        SELECT max(looked_at) AS looked_at, max(empty_at) FILTER (WHERE queue = :steps) AS empty_at,
               max(empty_at) FILTER (WHERE queue = :lines) AS idle_at
        FROM queue_watch WHERE queue IN (:steps, :lines))
    SELECT r.run_id, s.step_id, s.name, s.position, s.item_index, f.cause, f.since, f.needs,
           NULL AS kind, NULL AS attempts, NULL AS pause
    FROM open_runs r
    JOIN steps s ON s.tenant_id = r.tenant_id AND s.run_id = r.run_id AND s.ended_at IS NULL
    CROSS JOIN watch
    LEFT JOIN LATERAL (
        SELECT a.status, a.expires_at FROM approvals a
        WHERE a.tenant_id = s.tenant_id AND a.run_id = s.run_id AND a.step_id = s.step_id
          AND s.wait_reason = 'approval'
        -- Of an agent's calls each has a request of its own: what was decided before says nothing about the open ones.
        ORDER BY a.status = 'pending' DESC, a.expires_at LIMIT 1) a ON true
    LEFT JOIN LATERAL (
        SELECT array_agg(wanted.name ORDER BY wanted.name) FILTER (WHERE n.step_id IS NULL) AS missing,
               array_agg(wanted.name ORDER BY wanted.name) FILTER (
                   WHERE n.ended_at < r.due AND n.status <> 'SUCCESS' AND NOT n.excused) AS failed,
               bool_and(n.status = 'SUCCESS' OR n.excused) AS met,
               max(n.ended_at) AS last
        FROM unnest(s.needs) AS wanted(name)
        LEFT JOIN steps n ON n.tenant_id = s.tenant_id AND n.run_id = s.run_id AND n.name = wanted.name
        WHERE s.status IN ('QUEUED', 'WAITING')) need ON true
    LEFT JOIN LATERAL (
        SELECT count(*) AS rows, count(c.ended_at) AS ended, max(c.ended_at) AS last FROM steps c
        WHERE c.tenant_id = s.tenant_id AND c.parent_id = s.step_id AND c.item_index < s.items
          AND s.wait_reason = 'items') i ON true
    LEFT JOIN LATERAL (
        SELECT k.run_id, k.ended_at FROM runs k
        WHERE k.tenant_id = s.tenant_id AND k.parent_step_id = s.step_id AND s.wait_reason = 'run'
        ORDER BY k.parent_attempt DESC LIMIT 1) below ON true
    CROSS JOIN LATERAL (SELECT CASE
        WHEN s.status = 'RUNNING' THEN
            CASE WHEN s.lease_expires_at < r.taken THEN 'lease_lapsed'
                 WHEN s.deadline_at < r.due AND s.lease_expires_at > s.deadline_at + :lease * interval '1 second'
                     THEN 'step_overdue' END
        WHEN s.deadline_at < r.due THEN 'step_overdue'
        WHEN s.status = 'RETRYING' THEN
            CASE WHEN s.retry_at < r.silent AND watch.empty_at > s.retry_at + interval '15 seconds'
                      AND NOT EXISTS (SELECT FROM outbox o WHERE o.tenant_id = s.tenant_id AND o.run_id = s.run_id
                                        AND o.step_id = s.step_id) THEN 'message_lost' END
        WHEN s.status = 'OUTCOME_UNKNOWN' THEN NULL
        WHEN s.wait_reason = 'approval' THEN
            CASE WHEN a.status IS DISTINCT FROM 'pending' THEN 'request_lost'
                 WHEN a.expires_at < r.due THEN 'approval_overdue' END
        WHEN s.wait_reason = 'items' THEN
            CASE WHEN i.rows < s.items THEN 'items_missing'
                 WHEN i.ended = i.rows AND COALESCE(i.last, s.waiting_since) < r.silent THEN 'items_not_collected' END
        WHEN s.wait_reason = 'run' THEN
            CASE WHEN below.run_id IS NULL THEN 'sub_run_lost'
                 WHEN below.ended_at < r.due THEN 'sub_run_not_collected' END
        WHEN s.wait_reason IN ('slot', 'resource') THEN
            CASE WHEN COALESCE(watch.looked_at, '-infinity') < r.silent THEN 'no_worker'
                 WHEN s.wait_reason = 'slot' AND s.waiting_since < r.due
                      AND watch.idle_at > s.waiting_since + interval '15 seconds'
                     THEN 'slot_not_given' END
        WHEN s.unmet_needs > 0 AND s.status IN ('QUEUED', 'WAITING') THEN
            CASE WHEN need.missing IS NOT NULL THEN 'need_missing'
                 WHEN need.failed IS NOT NULL THEN 'need_failed'
                 WHEN need.met AND need.last < r.due THEN 'needs_miscounted' END
        WHEN s.wait_reason = 'dependency' THEN
            CASE WHEN COALESCE(need.last, s.waiting_since) < r.due THEN 'wake_lost' END
        WHEN s.status = 'QUEUED' THEN NULL
        ELSE 'unexplained' END AS cause,
        CASE WHEN s.status = 'RUNNING' AND s.lease_expires_at < r.taken THEN s.lease_expires_at
             WHEN s.deadline_at < r.due THEN s.deadline_at
             WHEN s.status = 'RETRYING' THEN s.retry_at
             WHEN s.wait_reason = 'approval' THEN LEAST(a.expires_at, r.now)
             WHEN s.wait_reason = 'items' THEN COALESCE(i.last, s.waiting_since)
             WHEN s.wait_reason = 'run' THEN COALESCE(below.ended_at, s.waiting_since)
             ELSE COALESCE(need.last, s.waiting_since, s.created_at) END AS since,
        COALESCE(need.missing, need.failed) AS needs) f
    WHERE r.status = 'RUNNING' AND f.cause IS NOT NULL
    UNION ALL
    SELECT r.run_id, NULL, NULL, NULL, NULL, f.cause, f.since, NULL, o.kind, o.attempts, p.data
    FROM open_runs r
    CROSS JOIN watch
    LEFT JOIN LATERAL (
        SELECT o.kind, o.attempts, o.not_before FROM outbox o
        WHERE o.tenant_id = r.tenant_id AND o.run_id = r.run_id AND o.kind <> 'confirm_usage'
        ORDER BY o.not_before LIMIT 1) o ON true
    LEFT JOIN LATERAL (
        SELECT e.data FROM run_events e
        WHERE e.tenant_id = r.tenant_id AND e.run_id = r.run_id AND e.type = 'run.paused' AND r.pause_reason = 'budget'
        ORDER BY e.seq DESC LIMIT 1) p ON true
    LEFT JOIN LATERAL (
        SELECT count(*) AS steps, count(*) FILTER (WHERE s.ended_at IS NULL) AS open,
               bool_or(s.ended_at IS NULL AND s.status <> 'QUEUED'
                       AND COALESCE(s.wait_reason NOT IN ('dependency', 'items'), true))
                   AS moves,
               bool_or(s.status = 'QUEUED' AND s.unmet_needs = 0 AND (s.tick = 0 OR s.task_token IS NOT NULL))
                   AS queued,
               bool_or(s.status = 'QUEUED' AND s.unmet_needs = 0 AND s.tick > 0 AND s.task_token IS NULL) AS called
        FROM steps s WHERE s.tenant_id = r.tenant_id AND s.run_id = r.run_id AND r.status = 'RUNNING') s ON true
    LEFT JOIN LATERAL (
        SELECT u.ended_at, p.status FROM steps u JOIN runs p ON p.tenant_id = u.tenant_id AND p.run_id = u.run_id
        WHERE u.tenant_id = r.tenant_id AND u.step_id = r.parent_step_id LIMIT 1) above ON true
    CROSS JOIN LATERAL (SELECT CASE
        WHEN o.not_before < r.due THEN 'undelivered'
        WHEN r.deadline < r.due THEN 'run_overdue'
        WHEN r.pause_reason = 'budget' THEN
            CASE WHEN r.progressed_at + (p.data ->> 'again_in_seconds')::float * interval '1 second' < r.due
                     THEN 'budget_retry_overdue'
                 WHEN p.data IS NULL OR p.data ->> 'resets_at' IS NULL THEN 'budget_never_resets' END
        WHEN above.ended_at < r.due THEN 'parent_not_followed'
        WHEN r.pause_reason = 'parent' AND above.status = 'RUNNING' AND r.progressed_at < r.due
            THEN 'parent_not_followed'
        WHEN r.status = 'PAUSED' OR r.progressed_at >= r.silent OR o.kind IS NOT NULL THEN NULL
        WHEN r.status = 'PENDING' OR s.steps = 0 THEN 'not_opened'
        WHEN s.open = 0 THEN 'not_closed'
        WHEN s.moves THEN NULL
        WHEN (s.queued OR s.called) AND COALESCE(watch.looked_at, '-infinity') < r.silent THEN 'no_worker'
        WHEN s.queued AND watch.empty_at > r.progressed_at + interval '15 seconds' THEN 'message_lost'
        WHEN s.called AND watch.empty_at > r.progressed_at + interval '15 seconds' THEN 'callback_lost'
        WHEN NOT (s.queued OR s.called) THEN 'cycle' END AS cause,
        CASE WHEN o.not_before < r.due THEN o.not_before WHEN r.deadline < r.due THEN r.deadline
             ELSE COALESCE(above.ended_at, r.progressed_at) END AS since) f
    WHERE f.cause IS NOT NULL
    ORDER BY position NULLS LAST, item_index NULLS FIRST"""
)

# Found apart from the others, because only the API's login sees memberships. Such a request waits until it expires.
_UNANSWERABLE = text(
    """SELECT r.run_id, s.step_id, s.name, a.requested_at AS since, a.roles, a.users
       FROM runs r
       JOIN approvals a ON a.tenant_id = r.tenant_id AND a.run_id = r.run_id AND a.status = 'pending'
       JOIN steps s ON s.tenant_id = a.tenant_id AND s.step_id = a.step_id AND s.ended_at IS NULL
       WHERE r.tenant_id = :tenant_id AND r.ended_at IS NULL
         AND (CAST(:run_id AS uuid) IS NULL OR r.run_id = CAST(:run_id AS uuid))
         AND NOT EXISTS (
             SELECT FROM memberships m LEFT JOIN roles own USING (tenant_id, role_id)
             WHERE m.tenant_id = a.tenant_id AND (m.role = ANY(:deciding) OR :decide = ANY(own.permissions))
               AND (m.role = ANY(a.roles) OR m.user_id = ANY(a.users) OR (a.roles = '{}' AND a.users = '{}')))"""
)


async def find(
    tx: Transaction, tenant_id: TenantId, *, run_id: RunId | None = None, now: datetime | None = None
) -> list[Stall]:
    """Where the tenant's open runs hang, or the one run: at most one stall a step and one of the run itself.

    `now` is the database's clock, unless another is given. A healthy wait, however long, is not among them.
    """
    rows = await tx.execute(
        _FAULTS,
        {
            "tenant_id": tenant_id,
            "run_id": run_id,
            "now": now,
            "grace": GRACE_SECONDS,
            "silence": SILENCE_SECONDS,
            "lease": lapses.LEASE_SECONDS,
            "taken_back": lapses.TAKEN_BACK_SECONDS,
            "steps": queue_watch.STEPS,
            "lines": queue_watch.LINES,
        },
    )
    stalls: list[Stall] = []
    for row in rows.all():
        cause = StallCause(row.cause)
        if cause is not StallCause.CYCLE:
            budget = row.pause and row.pause.get("detail")
            facts = _given(needs=row.needs, effect=row.kind, attempts=row.attempts, budget=budget)
            stalls.append(Stall(row.run_id, row.step_id, row.name, cause, row.since, facts))
        elif all(stall.run_id != row.run_id for stall in stalls):
            # Every open step waits for another one, and no need is at fault by itself.
            stalls.append(await _cycle(tx, tenant_id, row.run_id, row.since))
    return stalls


async def find_with_unanswerable(
    tx: Transaction, tenant_id: TenantId, *, run_id: RunId | None = None, now: datetime | None = None
) -> list[Stall]:
    """What `find` finds, and steps that wait for a decision which no member of the tenant may make."""
    found = await find(tx, tenant_id, run_id=run_id, now=now)
    values = {"deciding": sorted(DECIDING_ROLES), "decide": Permission.APPROVALS_DECIDE.value}
    rows = await tx.execute(_UNANSWERABLE, {"tenant_id": tenant_id, "run_id": run_id, **values})
    asked = [
        Stall(
            row.run_id,
            row.step_id,
            row.name,
            StallCause.NOBODY_MAY_DECIDE,
            row.since,
            {"roles": list(row.roles), "users": list(row.users)},
        )
        for row in rows
    ]
    return [*found, *asked]


def _given(**facts: Any) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}


async def _cycle(tx: Transaction, tenant_id: TenantId, run_id: RunId, since: datetime) -> Stall:
    """The cycle of a run in which every open step waits for another; `UNEXPLAINED` where there is none."""
    rows = await tx.execute(
        text(
            """SELECT name, needs FROM steps WHERE tenant_id = :tenant_id AND run_id = :run_id AND parent_id IS NULL
               ORDER BY position"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id},
    )
    cycle = cycle_of(Node(row.name, tuple(row.needs)) for row in rows)
    cause = StallCause.CYCLE if cycle else StallCause.UNEXPLAINED
    return Stall(run_id, None, None, cause, since, _given(needs=cycle or None))
