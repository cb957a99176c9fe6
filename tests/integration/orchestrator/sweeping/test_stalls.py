"""Every way in which a run can hang is found within a minute and named; no healthy wait is, however long it takes."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.parts import Parts
from fixtures.running.runs import ARun, a_run, database
from foundation.workflow import lapses
from foundation.workflow.stalls import faults
from foundation.workflow.stalls.causes import Stall, StallCause
from foundation.workflow.stalls.words import detail_of, remedy_of

PAIR: list[dict[str, Any]] = [{"name": "first", "kind": "noop"}, {"name": "second", "kind": "noop", "needs": ["first"]}]
RING: list[dict[str, Any]] = [{"name": name, "kind": "noop"} for name in ("first", "second", "third")]
ASK: list[dict[str, Any]] = [{"name": "first", "kind": "approval", "message": "May it?", "roles": ["admin"]}]
EACH: list[dict[str, Any]] = [{"name": "first", "kind": "noop", "foreach": "${input.list}"}]

ENDED = "UPDATE steps SET status = '{}', ended_at = now() {} WHERE run_id = :run AND name = 'first'"
PARKED = """UPDATE steps SET status = 'WAITING', wait_reason = 'dependency', waiting_since = now(), task_token = 't',
            unmet_needs = {} WHERE run_id = :run AND name = 'second'"""
HELD = """UPDATE steps SET status = 'RUNNING', worker_id = 'w', lease_expires_at = now() + {} {}
          WHERE run_id = :run AND name = 'first'"""
# The holder renewed its lease, and froze at that very moment.
LEASE = f"interval '{lapses.LEASE_SECONDS} s'"
ASKED = """UPDATE steps SET status = 'WAITING', wait_reason = 'approval', waiting_since = now(), task_token = 't'
           WHERE run_id = :run AND name = 'first'"""
REQUEST = """INSERT INTO approvals (tenant_id, approval_id, run_id, step_id, message, roles, users, on_expiry,
                                    expires_at, {})
             SELECT tenant_id, gen_random_uuid(), run_id, step_id, 'May it?', {}, {}, 'fail', now() + {}, {}
             FROM steps WHERE run_id = :run AND name = 'first'"""
RING_NEEDS = "UPDATE steps SET needs = '{{{}}}', unmet_needs = 1 WHERE run_id = :run AND name = '{}'"
ITEMS = """UPDATE steps SET status = 'WAITING', wait_reason = 'items', waiting_since = now(), items = {}
           WHERE run_id = :run AND name = 'first'"""
ITEM = """INSERT INTO steps (tenant_id, run_id, step_id, name, kind, position, unmet_needs, generation, timeout_seconds,
                             parent_id, item_index, item, status, ended_at)
          SELECT tenant_id, run_id, gen_random_uuid(), 'first[{0}]', kind, position, 0, 1, 60, step_id, {0}, '{0}', {1}
          FROM steps WHERE run_id = :run AND name = 'first'"""
OUTBOX = """INSERT INTO outbox (tenant_id, run_id, kind, payload, attempts)
            SELECT tenant_id, run_id, '{}', '{{}}', 7 FROM runs WHERE run_id = :run"""
BELOW = """UPDATE steps SET status = 'WAITING', wait_reason = 'run', waiting_since = now(), task_token = 't'
           WHERE run_id = :run AND name = 'first'"""
SUB_RUN = """INSERT INTO runs (tenant_id, run_id, task_id, task_version, timeout_seconds, status, ended_at,
                               pause_reason, parent_run_id, parent_step_id, parent_attempt, ancestor_run_ids)
             SELECT r.tenant_id, gen_random_uuid(), r.task_id, 1, 60, '{}', {}, {}, r.run_id, s.step_id, 1,
                    ARRAY[r.run_id]
             FROM runs r JOIN steps s USING (tenant_id, run_id) WHERE r.run_id = :run AND s.name = 'first'"""
# The run itself becomes one below another; the step there is in this state.
ABOVE = """WITH above AS (
               INSERT INTO runs (tenant_id, run_id, task_id, task_version, timeout_seconds, status)
               SELECT tenant_id, gen_random_uuid(), task_id, 1, 60, 'RUNNING' FROM runs WHERE run_id = :run
               RETURNING tenant_id, run_id),
           step AS (
               INSERT INTO steps (tenant_id, run_id, step_id, name, kind, position, unmet_needs, generation,
                                  timeout_seconds, status, ended_at)
               SELECT tenant_id, run_id, gen_random_uuid(), 'below', 'run', 0, 0, 1, 60, {} FROM above
               RETURNING run_id, step_id)
           UPDATE runs r SET parent_run_id = step.run_id, parent_step_id = step.step_id, parent_attempt = 1,
                             ancestor_run_ids = ARRAY[step.run_id]
           FROM step WHERE r.run_id = :run"""
PAUSED = "UPDATE runs SET status = 'PAUSED', pause_reason = '{}', clock_since = NULL WHERE run_id = :run"
PAUSE_EVENT = """INSERT INTO run_events (tenant_id, run_id, seq, type, data)
                 SELECT tenant_id, run_id, 1, 'run.paused', '{}' FROM runs WHERE run_id = :run"""


def request(*, roles: str = "'{owner}'", users: str = "'{}'", expires: str = "interval '7 days'", status: str) -> str:
    members, values = ("status", "'pending'") if status == "pending" else ("status, ended_at", f"'{status}', now()")
    return REQUEST.format(members, roles, users, expires, values)


@dataclass(frozen=True, slots=True)
class Hang:
    """Statements that make a healthy run hang, and what has to be found a minute later, at which step."""

    cause: StallCause
    at: str | None
    statements: tuple[str, ...]
    steps: tuple[dict[str, Any], ...] = tuple(PAIR)
    worker_looks: bool = True


SUCCEEDED = ENDED.format("SUCCESS", "")
HANGS = {
    "all needs succeeded, and the step stays parked": Hang(
        StallCause.WAKE_LOST, "second", (SUCCEEDED, PARKED.format(0))
    ),
    "all needs succeeded, and one is still counted": Hang(
        StallCause.NEEDS_MISCOUNTED, "second", (SUCCEEDED, PARKED.format(1))
    ),
    "a need was left out by its condition, and is still counted": Hang(
        StallCause.NEEDS_MISCOUNTED,
        "second",
        (
            ENDED.format("SKIPPED", """, excused = true, skip_reason = '{"code": "condition_false"}'"""),
            PARKED.format(1),
        ),
    ),
    "a failure was allowed, and is still counted": Hang(
        StallCause.NEEDS_MISCOUNTED, "second", (ENDED.format("FAILED", ", excused = true"), PARKED.format(1))
    ),
    "a need failed, and nobody skipped the step": Hang(
        StallCause.NEED_FAILED, "second", (ENDED.format("FAILED", ""), PARKED.format(1))
    ),
    "a need was skipped, and the step was not": Hang(
        StallCause.NEED_FAILED, "second", (ENDED.format("SKIPPED", ""), PARKED.format(1))
    ),
    "a need was cancelled, and the step was not": Hang(
        StallCause.NEED_FAILED, "second", (ENDED.format("CANCELLED", ""), PARKED.format(1))
    ),
    "a need failed before the step was received": Hang(StallCause.NEED_FAILED, "second", (ENDED.format("FAILED", ""),)),
    "a need is no step of the run": Hang(
        StallCause.NEED_MISSING,
        "second",
        ("DELETE FROM steps WHERE run_id = :run AND name = 'first'", PARKED.format(1)),
    ),
    "two steps wait for each other": Hang(
        StallCause.CYCLE, None, (RING_NEEDS.format("second", "first"), PARKED.format(1)), steps=tuple(PAIR)
    ),
    "three steps wait for each other": Hang(
        StallCause.CYCLE,
        None,
        (
            RING_NEEDS.format("third", "first"),
            RING_NEEDS.format("first", "second"),
            RING_NEEDS.format("second", "third"),
        ),
        steps=tuple(RING),
    ),
    "the holder died": Hang(StallCause.LEASE_LAPSED, "first", (HELD.format(LEASE, ""),)),
    "the holder died while its job waited for a place": Hang(
        StallCause.LEASE_LAPSED,
        "first",
        (HELD.format(LEASE, ", wait_reason = 'slot', waiting_since = now()"),),
    ),
    "the holder hangs, and its heart beats": Hang(
        StallCause.STEP_OVERDUE,
        "first",
        (HELD.format("interval '10 min'", ", deadline_at = now() + interval '20 s'"),),
    ),
    "a step's time is over while it is tried again": Hang(
        StallCause.STEP_OVERDUE,
        "first",
        (
            """UPDATE steps SET status = 'RETRYING', retry_at = now() + interval '1 h',
               deadline_at = now() + interval '20 s' WHERE run_id = :run AND name = 'first'""",
        ),
    ),
    "the message of another attempt was lost": Hang(
        StallCause.MESSAGE_LOST,
        "first",
        ("UPDATE steps SET status = 'RETRYING', retry_at = now() WHERE run_id = :run AND name = 'first'",),
    ),
    "the first message was lost": Hang(StallCause.MESSAGE_LOST, None, ()),
    "the message of an item was lost": Hang(
        StallCause.MESSAGE_LOST,
        None,
        (ITEMS.format(2), ITEM.format(0, "'SUCCESS', now()"), ITEM.format(1, "'QUEUED', NULL")),
        steps=tuple(EACH),
    ),
    "the answer to a turn was lost": Hang(
        StallCause.CALLBACK_LOST, None, ("UPDATE steps SET tick = 1 WHERE run_id = :run AND name = 'first'",)
    ),
    "a request was withdrawn, and its step still waits": Hang(
        StallCause.REQUEST_LOST, "first", (ASKED, request(status="cancelled")), steps=tuple(ASK)
    ),
    "a request has no row": Hang(StallCause.REQUEST_LOST, "first", (ASKED,), steps=tuple(ASK)),
    "a request was decided, and its step was not ended": Hang(
        StallCause.REQUEST_LOST, "first", (ASKED, request(status="expired")), steps=tuple(ASK)
    ),
    "a request has expired": Hang(
        StallCause.APPROVAL_OVERDUE,
        "first",
        (ASKED, request(status="pending", expires="interval '20 s'")),
        steps=tuple(ASK),
    ),
    "only admins may decide, and there is none": Hang(
        StallCause.NOBODY_MAY_DECIDE,
        "first",
        (ASKED, request(status="pending", roles="'{admin}'")),
        steps=tuple(ASK),
    ),
    "only somebody who is gone may decide": Hang(
        StallCause.NOBODY_MAY_DECIDE,
        "first",
        (ASKED, request(status="pending", roles="'{}'", users="ARRAY[gen_random_uuid()]")),
        steps=tuple(ASK),
    ),
    "a place in line, and no worker runs": Hang(
        StallCause.NO_WORKER,
        "first",
        (
            """UPDATE steps SET status = 'WAITING', wait_reason = 'resource', wait_for = 'browser', task_token = 't',
               waiting_since = now() WHERE run_id = :run AND name = 'first'""",
        ),
        worker_looks=False,
    ),
    "a slot is waited for, and a worker is idle": Hang(
        StallCause.SLOT_NOT_GIVEN,
        "first",
        (
            """UPDATE steps SET status = 'WAITING', wait_reason = 'slot', waiting_since = now(), task_token = 't'
               WHERE run_id = :run AND name = 'first'""",
        ),
    ),
    "all items have ended, and nobody collects them": Hang(
        StallCause.ITEMS_NOT_COLLECTED,
        "first",
        (ITEMS.format(1), ITEM.format(0, "'SUCCESS', now()")),
        steps=tuple(EACH),
    ),
    "the run that it waits for was never started": Hang(StallCause.SUB_RUN_LOST, "first", (BELOW,)),
    "the run that it waits for has ended": Hang(
        StallCause.SUB_RUN_NOT_COLLECTED, "first", (BELOW, SUB_RUN.format("COMPLETED", "now()", "NULL"))
    ),
    "the step above has ended, and the run was not cancelled": Hang(
        StallCause.PARENT_NOT_FOLLOWED, None, (ABOVE.format("'CANCELLED', now()"), HELD.format("interval '10 min'", ""))
    ),
    "the run above goes on, and the run stays paused": Hang(
        StallCause.PARENT_NOT_FOLLOWED, None, (ABOVE.format("'QUEUED', NULL"), PAUSED.format("parent"))
    ),
    "an item has no row": Hang(
        StallCause.ITEMS_MISSING,
        "first",
        (ITEMS.format(2), ITEM.format(0, "'SUCCESS', now()")),
        steps=tuple(EACH),
    ),
    "no execution was begun": Hang(
        StallCause.NOT_OPENED,
        None,
        ("UPDATE runs SET status = 'PENDING', clock_since = NULL, hard_deadline = NULL WHERE run_id = :run",),
    ),
    "it runs without steps": Hang(StallCause.NOT_OPENED, None, ("DELETE FROM steps WHERE run_id = :run",)),
    "all has ended, and nobody closes the run": Hang(
        StallCause.NOT_CLOSED,
        None,
        ("UPDATE steps SET status = 'SUCCESS', ended_at = now(), unmet_needs = 0 WHERE run_id = :run",),
    ),
    "Step Functions cannot be reached": Hang(StallCause.UNDELIVERED, None, (OUTBOX.format("start_execution"),)),
    "an answer cannot be delivered": Hang(StallCause.UNDELIVERED, None, (OUTBOX.format("step_callback"),)),
    "a pause cannot stop its execution": Hang(
        StallCause.UNDELIVERED, None, (PAUSED.format("user"), OUTBOX.format("stop_execution"))
    ),
    "the run's time is over": Hang(
        StallCause.RUN_OVERDUE, None, ("UPDATE runs SET hard_deadline = now() + interval '20 s' WHERE run_id = :run",)
    ),
    "a budget is used up that is never reset": Hang(
        StallCause.BUDGET_NEVER_RESETS,
        None,
        (PAUSED.format("budget"), PAUSE_EVENT.format('{"reason": "budget", "again_in_seconds": 300}')),
    ),
    "a run out of budget is not tried again": Hang(
        StallCause.BUDGET_RETRY_OVERDUE,
        None,
        (PAUSED.format("budget"), PAUSE_EVENT.format('{"again_in_seconds": 20, "resets_at": "2030-01-01"}')),
    ),
    "no worker runs": Hang(StallCause.NO_WORKER, None, (), worker_looks=False),
}


@pytest.fixture(autouse=True)
async def nothing_is_left(parts: Parts) -> AsyncIterator[None]:
    """Other tests sweep the same database, and would find these runs."""
    yield
    async with parts.owner.across_tenants(reason="tests clean up") as tx:
        await tx.execute(text("DELETE FROM runs"))


async def look(parts: Parts, *, seconds: float, empty: bool) -> datetime:
    """A worker looks at the queue in so many seconds from now; returns the database's present time."""
    async with parts.owner.across_tenants(reason="tests build what they test") as tx:
        await tx.execute(text("DELETE FROM queue_watch"))
        await tx.execute(
            text(
                """INSERT INTO queue_watch
                   SELECT queue, now() + :in * interval '1 s', CASE WHEN :empty THEN now() + :in * interval '1 s' END
                   FROM (VALUES ('steps'), ('lines')) AS watched(queue)"""
            ),
            {"in": seconds, "empty": empty},
        )
        return (await tx.execute(text("SELECT now()"))).scalar_one()  # type: ignore[no-any-return]


async def found(scratch: ScratchDatabase, run: ARun, *, now: datetime) -> list[Stall]:
    """What the API's login sees at that time."""
    api = database(scratch, "control_plane")
    async with api.tenant(run.tenant_id) as tx:
        stalls = await faults.find_with_unanswerable(tx, run.tenant_id, run_id=run.run_id, now=now)
    await api.close()
    return stalls


@pytest.mark.parametrize("name", HANGS)
async def test_a_run_that_hangs_is_found_within_a_minute_and_named(
    parts: Parts, scratch: ScratchDatabase, name: str
) -> None:
    hang = HANGS[name]
    run = await a_run(parts.owner, steps=list(hang.steps))
    async with parts.owner.tenant(run.tenant_id) as tx:
        for statement in hang.statements:
            await tx.execute(text(statement), {"run": run.run_id})
    now = await look(parts, seconds=55 if hang.worker_looks else -1, empty=True)
    [stall] = await found(scratch, run, now=now + timedelta(seconds=60))
    assert (stall.cause, stall.step) == (hang.cause, hang.at)
    assert detail_of(stall)
    assert remedy_of(stall)
    assert await found(scratch, run, now=now + timedelta(seconds=1)) == [] or hang.cause in FOUND_AT_ONCE


async def test_a_holder_that_froze_is_named_as_soon_as_no_sweep_can_be_on_its_way_and_not_before(
    parts: Parts, scratch: ScratchDatabase
) -> None:
    run = await a_run(parts.owner, steps=PAIR)
    async with parts.owner.tenant(run.tenant_id) as tx:
        await tx.execute(text(HELD.format(LEASE, "")), {"run": run.run_id})
    now = await look(parts, seconds=55, empty=True)
    named = lapses.LEASE_SECONDS + lapses.TAKEN_BACK_SECONDS
    assert named < lapses.NAMED_WITHIN_SECONDS
    assert await found(scratch, run, now=now + timedelta(seconds=named - 0.5)) == []
    [stall] = await found(scratch, run, now=now + timedelta(seconds=named + 0.5))
    assert (stall.cause, stall.step) == (StallCause.LEASE_LAPSED, "first")


async def test_a_request_that_was_decided_before_hides_no_later_one_of_its_step(
    parts: Parts, scratch: ScratchDatabase
) -> None:
    """An agent asks about each call by itself."""
    run = await a_run(parts.owner, steps=ASK)
    call = """UPDATE approvals SET turn = {0}, tool_call_id = 'c{0}', tool = 'code.python', arguments = '{{}}',
                                  call_digest = sha256('{0}') WHERE run_id = :run AND turn IS NULL"""
    async with parts.owner.tenant(run.tenant_id) as tx:
        for statement in (
            ASKED,
            request(status="cancelled"),
            call.format(0),
            request(status="pending", expires="interval '7 days'"),
            call.format(1),
        ):
            await tx.execute(text(statement), {"run": run.run_id})
    now = await look(parts, seconds=-1, empty=True)
    assert await found(scratch, run, now=now + timedelta(minutes=5)) == []


FOUND_AT_ONCE = {
    StallCause.REQUEST_LOST,
    StallCause.SUB_RUN_LOST,
    StallCause.NOBODY_MAY_DECIDE,
    StallCause.ITEMS_MISSING,
    StallCause.NEED_MISSING,
    StallCause.BUDGET_NEVER_RESETS,
}
"""What no moment of a healthy run looks like, so that it need not be waited for."""


def test_at_least_thirty_ways_to_hang_are_planted_and_every_cause_is_among_them() -> None:
    assert len(HANGS) >= 30
    assert {hang.cause for hang in HANGS.values()} == set(StallCause) - {StallCause.UNEXPLAINED}


# Each run began ten hours ago, has 30 days, and has made no progress since. One of these, by its number, is its wait.
HEALTHY = {
    "a worker runs it": """UPDATE steps SET status = 'RUNNING', worker_id = 'w', started_at = now() - interval '9 h',
        lease_expires_at = now() + interval '40 s', deadline_at = now() + interval '1 h'""",
    "a worker holds it, and its job waits for a place": """UPDATE steps SET status = 'RUNNING', worker_id = 'w',
        lease_expires_at = now() + interval '40 s', wait_reason = 'slot', waiting_since = now() - interval '9 h'""",
    "the provider asked for a long pause": """UPDATE steps SET status = 'RETRYING', attempt = 2,
        retry_at = now() + interval '2 h'""",
    "its turn comes when the queue gets there": "UPDATE steps SET task_token = 't'",
    "a person decides what happened": "UPDATE steps SET status = 'OUTCOME_UNKNOWN'",
    "others of its tenant have the slots": """UPDATE steps SET status = 'WAITING', wait_reason = 'slot',
        waiting_since = now() - interval '9 h', task_token = 't'""",
    "others have what it needs": """UPDATE steps SET status = 'WAITING', wait_reason = 'resource', wait_for = 'browser',
        waiting_since = now() - interval '9 h', task_token = 't'""",
    "another run, which runs": """UPDATE steps SET status = 'WAITING', wait_reason = 'run', task_token = 't',
        waiting_since = now() - interval '9 h'""",
    "people decide": """UPDATE steps SET status = 'WAITING', wait_reason = 'approval', task_token = 't',
        waiting_since = now() - interval '9 h'""",
    "its next turn is being sent": "UPDATE steps SET tick = 3, turn = 3",
    "somebody paused it": None,
    "its budget is reset tomorrow": None,
}
MANY = """
    INSERT INTO runs (tenant_id, run_id, task_id, task_version, timeout_seconds, status, started_at, clock_since,
                      hard_deadline, created_at, progressed_at, idempotency_key, request_digest, pause_reason)
    SELECT r.tenant_id, gen_random_uuid(), r.task_id, 1, 2592000, s.status, now() - interval '10 h',
           CASE WHEN s.status = 'RUNNING' THEN now() - interval '10 h' END,
           CASE WHEN s.status = 'RUNNING' THEN now() + interval '29 days' END,
           now() - interval '10 h', now() - interval '10 h', n || '', '', s.reason
    FROM runs r, generate_series(0, :count - 1) n
    CROSS JOIN LATERAL (
        SELECT CASE WHEN n % :kinds < :kinds - 2 THEN 'RUNNING' ELSE 'PAUSED' END AS status,
               CASE n % :kinds WHEN :kinds - 2 THEN 'user' WHEN :kinds - 1 THEN 'budget' END AS reason) s
    WHERE r.run_id = :run"""
THEIR_STEPS = """
    INSERT INTO steps (tenant_id, run_id, step_id, name, kind, position, unmet_needs, generation, timeout_seconds,
                       created_at)
    SELECT tenant_id, run_id, gen_random_uuid(), 'first', 'noop', 0, 0, 1, 39600, now() - interval '10 h'
    FROM runs WHERE tenant_id = :tenant AND idempotency_key IS NOT NULL"""
# Below each step waits another one for it, and the last of these for both.
THEIR_DEPENDENTS = """
    INSERT INTO steps (tenant_id, run_id, step_id, name, kind, position, needs, unmet_needs, generation,
                       timeout_seconds, status, wait_reason, waiting_since, task_token)
    SELECT tenant_id, run_id, gen_random_uuid(), p.name, 'noop', p.place, p.needs, cardinality(p.needs), 1, 60,
           'WAITING', 'dependency', now() - interval '9 h', 't'
    FROM runs, (VALUES ('second', 1, '{first}'::text[]), ('third', 2, '{first,second}')) AS p(name, place, needs)
    WHERE tenant_id = :tenant AND idempotency_key IS NOT NULL"""
THEIR_REQUESTS = """
    INSERT INTO approvals (tenant_id, approval_id, run_id, step_id, message, on_expiry, requested_at, expires_at)
    SELECT tenant_id, gen_random_uuid(), run_id, step_id, 'May it?', 'fail', now() - interval '9 h',
           now() + interval '6 days'
    FROM steps WHERE tenant_id = :tenant AND wait_reason = 'approval'"""
THEIR_RUNS = """
    INSERT INTO runs (tenant_id, run_id, task_id, task_version, timeout_seconds, parent_run_id, parent_step_id,
                      parent_attempt, ancestor_run_ids, status, pause_reason)
    SELECT tenant_id, gen_random_uuid(), :task, 1, 60, run_id, step_id, 1, ARRAY[run_id], 'PAUSED', 'user'
    FROM steps WHERE tenant_id = :tenant AND wait_reason = 'run'"""
THEIR_PAUSES = """
    INSERT INTO run_events (tenant_id, run_id, seq, type, data)
    SELECT tenant_id, run_id, 1, 'run.paused', '{"again_in_seconds": 86400, "resets_at": "2030-01-01"}'
    FROM runs WHERE tenant_id = :tenant AND pause_reason = 'budget'"""
COUNT = 10_000


async def test_of_ten_thousand_healthy_waits_none_is_taken_for_a_run_that_hangs(
    parts: Parts, scratch: ScratchDatabase
) -> None:
    seed = await a_run(parts.owner, timeout_seconds=2_592_000)
    values = {"tenant": seed.tenant_id, "run": seed.run_id, "count": COUNT, "kinds": len(HEALTHY), "task": seed.task_id}
    async with parts.owner.tenant(seed.tenant_id) as tx:
        for statement in (MANY, THEIR_STEPS):
            await tx.execute(text(statement), values)
        for number, change in enumerate(HEALTHY.values()):
            # As an array, because a database without statistics may plan a join of these tables as a loop.
            where = """ WHERE tenant_id = :tenant AND run_id = ANY(ARRAY(
                SELECT run_id FROM runs WHERE tenant_id = :tenant AND idempotency_key::int % :kinds = :number))"""
            if change:
                await tx.execute(text(change + where), values | {"number": number})
        for statement in (THEIR_DEPENDENTS, THEIR_REQUESTS, THEIR_RUNS, THEIR_PAUSES):
            await tx.execute(text(statement), values)
        await tx.execute(
            text("UPDATE runs SET progressed_at = now() WHERE run_id IN (SELECT run_id FROM steps WHERE tick > 0)")
        )
        await tx.execute(text("DELETE FROM runs WHERE run_id = :run"), values)
        counted = await tx.execute(
            text("SELECT count(*) FROM runs WHERE tenant_id = :tenant AND ended_at IS NULL"), values
        )
        assert counted.scalar_one() >= COUNT
    # These rows came at once. PostgreSQL itself looks at tables that have grown so much within a minute.
    async with parts.owner.across_tenants(reason="tests build what they test") as tx:
        await tx.execute(text("ANALYZE runs, steps, step_needs, approvals, run_events, outbox"))
    # The queue has never been empty, nor a worker idle, since these runs began.
    now = await look(parts, seconds=0, empty=False)
    api = database(scratch, "control_plane")
    async with api.tenant(seed.tenant_id) as tx:
        assert await faults.find_with_unanswerable(tx, seed.tenant_id, now=now) == []
    await api.close()
