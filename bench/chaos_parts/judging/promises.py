"""What must hold of the runs, once all that died is back: each promise is one function, which looks and tells."""

from collections.abc import Callable

from chaos_parts.judging.aftermath import Aftermath, Finding
from chaos_parts.kinds import LEFT, MAY_FAIL_WITH


def every_run_has_ended_or_waits_for_a_named_person(after: Aftermath) -> Finding:
    """Runs below runs and forks among them; those that are left alone wait for the request that names its deciders."""
    runs = after.ground.rows(
        """SELECT r.run_id::text, r.status, r.ended_at IS NOT NULL,
                  EXISTS (SELECT FROM approvals a WHERE a.run_id = r.run_id AND a.status = 'pending'
                          AND a.message = %(left)s AND 'owner' = ANY(a.roles))
           FROM runs r WHERE r.tenant_id = %(tenant)s""",
        left=LEFT,
    )
    broken = [
        f"{run_id} is {status}: {_words(after, run_id)}" for run_id, status, ended, asks in runs if not (ended or asks)
    ]
    broken += [
        f"{run_id} does not wait any more"
        for run_id, _, ended, _ in runs
        if ended and run_id in after.load.waiting_for_people
    ]
    return Finding(len(runs), broken, {"waiting for people": len(after.load.waiting_for_people)})


def every_completed_run_has_its_output(after: Aftermath) -> Finding:
    completed = [run for run in after.load.played.values() if run.status == "COMPLETED"]
    return Finding(len(completed), after.load.wrong)


def every_failure_has_a_cause_that_deaths_or_people_explain(after: Aftermath) -> Finding:
    """A budget that was met or a time that ran out would be a loss, not a death's doing."""
    failures = after.ground.rows(
        """SELECT s.run_id::text, s.name, s.error ->> 'code', s.error ->> 'detail' FROM steps s
           WHERE s.tenant_id = %(tenant)s AND s.status = 'FAILED'"""
    )
    broken = [
        f"{run_id} {step}: {code}: {detail}" for run_id, step, code, detail in failures if code not in MAY_FAIL_WITH
    ]
    statuses = after.ground.rows(
        """SELECT run_id::text, status FROM runs
           WHERE tenant_id = %(tenant)s AND status IN ('BUDGET_EXCEEDED', 'TIMED_OUT')"""
    )
    broken += [f"{run_id} ended as {status}" for run_id, status in statuses]
    counted: dict[str, int] = {}
    for _, _, code, _ in failures:
        counted[code] = counted.get(code, 0) + 1
    return Finding(len(failures), broken, {"failed steps by cause": counted} if counted else {})


def every_step_has_one_terminal_state(after: Aftermath) -> Finding:
    """Between two retries of its run a step ends at most once, and its row says how it last did."""
    rows = after.ground.rows(
        """WITH events AS (
               SELECT run_id, step_id, type, seq,
                      count(*) FILTER (WHERE type = 'run.retried') OVER (PARTITION BY run_id ORDER BY seq) AS retries
               FROM run_events WHERE tenant_id = %(tenant)s),
           ends AS (
               SELECT step_id, retries, count(*) AS ends, (array_agg(type ORDER BY seq DESC))[1] AS last FROM events
               WHERE type IN ('step.success', 'step.failed', 'step.skipped', 'step.cancelled') GROUP BY 1, 2)
           SELECT s.run_id::text, s.name, s.status, s.copied_from IS NOT NULL,
                  (SELECT max(ends) FROM ends e WHERE e.step_id = s.step_id),
                  (SELECT last FROM ends e WHERE e.step_id = s.step_id ORDER BY retries DESC LIMIT 1)
           FROM steps s WHERE s.tenant_id = %(tenant)s AND s.ended_at IS NOT NULL"""
    )
    broken = []
    for run_id, name, status, copied, most, last in rows:
        if (most or 0) > 1:
            broken.append(f"{run_id} {name} ended {most} times between two retries")
        if not copied and last != f"step.{status.lower()}":
            broken.append(f"{run_id} {name} is {status}, and its last event is {last}")
    return Finding(len(rows), broken)


def every_key_has_one_recorded_effect(after: Aftermath) -> Finding:
    """One stored answer for each call, one job for each call of a tool, one end for each version of a request.

    An answer that was lost before it was stored, with its gateway or as PostgreSQL was away, is asked for again: both
    attempts are in the ledger. Once one is stored, nothing is asked for again.
    """
    calls = after.ground.rows(
        """SELECT e.call_key, count(*), count(*) FILTER (WHERE e.started_at > r.created_at)
           FROM llm_events e LEFT JOIN llm_replays r ON r.tenant_id = e.tenant_id AND r.call_key = e.call_key
           WHERE e.tenant_id = %(tenant)s AND e.status = 'succeeded' AND e.call_key IS NOT NULL GROUP BY 1"""
    )
    jobs = after.ground.rows(
        """SELECT step_id::text, turn, tool_call_id, count(*) FROM tool_events
           WHERE tenant_id = %(tenant)s GROUP BY 1, 2, 3"""
    )
    decided = after.ground.rows(
        """SELECT a.approval_id::text, count(*), a.version FROM run_events e
           JOIN approvals a ON a.tenant_id = e.tenant_id AND a.approval_id::text = e.data ->> 'approval_id'
           WHERE e.tenant_id = %(tenant)s AND e.type = 'step.decided' GROUP BY a.approval_id, a.version"""
    )
    children = after.ground.rows(
        """SELECT parent_step_id::text, parent_attempt, count(*) FROM runs
           WHERE tenant_id = %(tenant)s AND parent_step_id IS NOT NULL GROUP BY 1, 2"""
    )
    broken = [f"call {key} was asked again {late} times after its answer was stored" for key, _, late in calls if late]
    broken += [f"step {step} turn {turn} call {call} has {count} jobs" for step, turn, call, count in jobs if count > 1]
    broken += [
        f"request {key} ended {count} times in {version} versions" for key, count, version in decided if count > version
    ]
    broken += [
        f"step {step} started {count} runs in attempt {attempt}" for step, attempt, count in children if count > 1
    ]
    figures = {"calls": len(calls), "jobs": len(jobs), "requests": len(decided), "runs below": len(children)}
    lost = sum(count - 1 for _, count, _ in calls)
    return Finding(sum(figures.values()), broken, {**figures, "answers lost and asked for again": lost})


def no_effect_that_must_not_be_repeated_is(after: Aftermath) -> Finding:
    """The runners' log says how often each program began: once, and once more for each retry that a person decided."""
    after.effects.read()
    jobs = after.ground.rows(
        """SELECT j.job_id::text, j.status, s.status,
                  (SELECT count(*) FROM run_events e WHERE e.tenant_id = j.tenant_id AND e.run_id = j.run_id
                   AND e.type = 'step.outcome_decided' AND e.data ->> 'job_id' = j.job_id::text
                   AND e.data ->> 'decision' = 'retry'),
                  (SELECT count(*) FROM run_events e WHERE e.tenant_id = j.tenant_id AND e.run_id = j.run_id
                   AND e.type = 'step.outcome_decided' AND e.data ->> 'job_id' = j.job_id::text
                   AND e.data ->> 'decision' = 'accept')
           FROM tool_events j JOIN steps s USING (tenant_id, step_id)
           WHERE j.tenant_id = %(tenant)s AND j.effect = 'once'"""
    )
    broken = []
    doubts = 0
    for job_id, status, step, retries, accepted in jobs:
        begun, ended = after.effects.begun[job_id], after.effects.ended[job_id]
        if begun > 1 + retries:
            broken.append(f"job {job_id} was begun {begun} times, and {retries} retries were decided")
        if begun > ended:
            doubts += 1
            known = status == "OUTCOME_UNKNOWN" or accepted or retries or step == "OUTCOME_UNKNOWN"
            if not known:
                broken.append(f"job {job_id} was begun {begun} times and seen to end {ended} times, and is {status}")
    begun = sum(after.effects.begun[job_id] for job_id, *_ in jobs)
    return Finding(len(jobs), broken, {"programs begun": begun, "not seen to end": doubts})


def the_timeline_has_no_holes(after: Aftermath) -> Finding:
    rows = after.ground.rows(
        """SELECT r.run_id::text, r.last_seq, count(e.seq), COALESCE(min(e.seq), 0), COALESCE(max(e.seq), 0)
           FROM runs r LEFT JOIN run_events e USING (tenant_id, run_id)
           WHERE r.tenant_id = %(tenant)s GROUP BY 1, 2"""
    )
    broken = [
        f"{run_id} says {last} events and has {count}, from {least} to {most}"
        for run_id, last, count, least, most in rows
        if not (last == count == most and least == 1)
    ]
    return Finding(len(rows), broken, {"events": sum(row[2] for row in rows)})


def no_limit_was_passed_and_every_bill_was_covered(after: Aftermath) -> Finding:
    """At every sample: invoice <= committed + held, and committed + held <= the budget of each run."""
    watch = after.watch
    broken = list(watch.broken)
    if not watch.samples:
        broken.append("the accounts were never readable")
    figures = {
        "held at most, nano-dollars": watch.held_at_most,
        "unreadable": watch.unreadable,
        "runs": len(watch.run_ids()),
    }
    return Finding(watch.samples, broken, figures)


def the_ledger_is_the_invoice(after: Aftermath) -> Finding:
    """After the reconciliation."""
    ledger = after.ground.count("SELECT COALESCE(sum(cost_nano_usd), 0) FROM llm_events WHERE tenant_id = %(tenant)s")
    billed = after.watch.invoice.read()
    broken = [] if ledger == billed else [f"the ledger has {ledger} nano-dollars, and {billed} were billed"]
    return Finding(after.watch.invoice.lines, broken, {"nano-dollars": billed})


def every_bill_is_final(after: Aftermath) -> Finding:
    rows = after.ground.rows(
        "SELECT run_id::text, usage_final FROM runs WHERE tenant_id = %(tenant)s AND ended_at IS NOT NULL"
    )
    return Finding(len(rows), [f"the usage of {run_id} is not final" for run_id, final in rows if not final])


def _words(after: Aftermath, run_id: str) -> str:
    explained = after.ground.read(f"/runs/{run_id}/explain")
    return "the API does not explain it" if explained is None else str(explained["summary"])


Promise = Callable[[Aftermath], Finding]
OF_RUNS: tuple[Promise, ...] = (
    every_run_has_ended_or_waits_for_a_named_person,
    every_completed_run_has_its_output,
    every_failure_has_a_cause_that_deaths_or_people_explain,
    every_step_has_one_terminal_state,
    every_key_has_one_recorded_effect,
    no_effect_that_must_not_be_repeated_is,
    the_timeline_has_no_holes,
)
OF_MONEY: tuple[Promise, ...] = (
    no_limit_was_passed_and_every_bill_was_covered,
    the_ledger_is_the_invoice,
    every_bill_is_final,
)
