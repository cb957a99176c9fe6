"""Fills a database with runs that are over, as years of use leave them: steps, events, ledger and audit with them.

The rows are those of finished runs of one no-op or model step, spread over ninety days. They are inserted without
triggers, which for the checks of foreign keys alone would take longer than all the rest.
"""

import time
from collections.abc import Sequence
from typing import LiteralString
from uuid import UUID

import psycopg

from support.figures import progress

TASKS = 10
_EVENTS = 4
_AUDITED = 5_000
"""Rows of audit that a tenant gets: they are sealed one after the other before anything is measured."""
_SEALED_SOON = 50
_LOOK_AGAIN_SECONDS = 5.0
_RUNS = """
    INSERT INTO runs (tenant_id, run_id, task_id, task_version, status, error, last_seq, timeout_seconds, progressed_at,
                      usage_final, input, output, created_by, started_by, created_at, started_at, ended_at)
    SELECT %(tenant)s, gen_random_uuid(), (%(tasks)s::uuid[])[1 + place %% %(kinds)s], 1,
           CASE WHEN place %% 25 = 0 THEN 'FAILED' WHEN place %% 50 = 1 THEN 'CANCELLED' ELSE 'COMPLETED' END,
           CASE WHEN place %% 25 = 0 THEN '{"code": "TOOL_FAILED", "message": "it ended with status 1"}'::jsonb END,
           %(events)s, 3600, began + interval '4 s', true, '{"topic": "rows"}',
           CASE WHEN place %% 25 > 1 THEN '{"draft": {"text": "done"}}'::jsonb END,
           %(user)s, 'user:' || %(user)s, began, began + interval '1 s', began + interval '4 s'
    FROM (SELECT place, now() - interval '1 minute' - place * (interval '90 days' / %(count)s) AS began
          FROM generate_series(1, %(count)s) AS place) AS drawn
"""
_STEPS = """
    INSERT INTO steps (tenant_id, run_id, step_id, name, kind, position, status, unmet_needs, generation, tick, attempt,
                       timeout_seconds, fence, started_at, ended_at, output, error, created_at)
    SELECT tenant_id, run_id, gen_random_uuid(), 'draft', 'llm', 0,
           CASE status WHEN 'COMPLETED' THEN 'SUCCESS' ELSE status END, 0, 1, 1, 1, 600, 1,
           started_at, ended_at, output -> 'draft', error, created_at
    FROM runs WHERE tenant_id = %(tenant)s
"""
_RUN_EVENTS = """
    INSERT INTO run_events (tenant_id, run_id, seq, at, type, step_id, data)
    SELECT r.tenant_id, r.run_id, seq, r.created_at + seq * interval '1 s',
           (ARRAY['run.created', 'step.running', 'step.success', 'run.completed'])[seq],
           CASE WHEN seq IN (2, 3) THEN s.step_id END, '{"status": "COMPLETED"}'
    FROM runs r JOIN steps s USING (tenant_id, run_id), generate_series(1, %(events)s) AS seq
    WHERE r.tenant_id = %(tenant)s ORDER BY r.created_at, seq
"""
_LEDGER = """
    INSERT INTO llm_events (tenant_id, event_day, event_id, kind, user_id, run_id, step_id, request_id, attempt, reason,
                            dialect, route, provider, model, status, usage_source, input_tokens, output_tokens,
                            total_tokens, cost_nano_usd, bound_kind, price_version, started_at, settled_at)
    SELECT r.tenant_id, r.created_at::date, gen_random_uuid(), 'attempt', r.created_by, r.run_id, s.step_id,
           gen_random_uuid(), 1, 'first', 'chat', 'draft', 'simulated', 'sim-' || abs(hashtext(r.run_id::text)) %% 5,
           'succeeded', 'provider', 100, 50, 150, 2000000, 'strict', '1', r.started_at, r.ended_at
    FROM runs r JOIN steps s USING (tenant_id, run_id) WHERE r.tenant_id = %(tenant)s
"""
_AUDIT = """
    INSERT INTO audit_log (tenant_id, at, actor, action, target, outcome, status)
    SELECT tenant_id, created_at, 'user:' || created_by, 'run.created', 'run:' || run_id, 'done', 201
    FROM runs WHERE tenant_id = %(tenant)s ORDER BY created_at LIMIT %(audited)s
"""
_UNSEALED = """
    SELECT count(*) FROM audit_log LEFT JOIN audit_chain c USING (tenant_id, audit_id) WHERE c.audit_id IS NULL
"""


def fill(database_url: str, tenant_id: UUID, user_id: UUID, task_ids: Sequence[UUID], *, runs: int) -> None:
    """Add so many runs of these tasks to the tenant, and what belongs to them."""
    values = {
        "tenant": tenant_id, "user": user_id, "tasks": list(task_ids), "kinds": len(task_ids), "count": runs,
        "events": _EVENTS, "audited": _AUDITED,
    }  # fmt: skip
    with psycopg.connect(database_url) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in (_RUNS, _STEPS):
            connection.execute(statement, values)
        # What follows joins the two; PostgreSQL would think that they have few rows, and look each up for each other.
        connection.execute("ANALYZE runs, steps")
        for statement in (_RUN_EVENTS, _LEDGER, _AUDIT):
            connection.execute(statement, values)


def settle(database_url: str) -> None:
    """Give the planner what autovacuum would have by now, and write the pages that it would have written."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        while (unsealed := _count(connection, _UNSEALED)) > _SEALED_SOON:
            progress(f"{unsealed} rows of audit are not sealed yet")
            time.sleep(_LOOK_AGAIN_SECONDS)
        progress("vacuum and analyze")
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def _count(connection: psycopg.Connection[tuple[int]], statement: LiteralString) -> int:
    row = connection.execute(statement).fetchone()
    return 0 if row is None else row[0]
