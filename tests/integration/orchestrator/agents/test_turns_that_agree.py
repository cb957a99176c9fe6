"""However an agent ends, its row, its events, its recorded turns and its checkpoints tell of the same turns."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from fixtures.running.agents import Played, agent_step, answer_of, code
from fixtures.running.asking import taken
from fixtures.running.parts import Parts
from fixtures.running.runs import ARun, a_run
from foundation.domain.errors import BudgetExceeded
from foundation.domain.failures import Failure
from foundation.domain.states import RunStatus
from foundation.storage.execution import steps, turns
from foundation.workflow import run_control
from foundation.workflow.failures.placing import place
from orchestrator.breakers.board import WorkerBreakers
from orchestrator.claiming.leases import HeldStep
from orchestrator.failpoints import Failpoints
from orchestrator.intake.advancing import Advancer
from orchestrator.intake.expansion import expands
from orchestrator.work import StepExpanded, TickFailed, Work

TOLD: dict[str, str] = {
    "row": "SELECT turn FROM steps WHERE run_id = :run AND name = 'explore'",
    "events": """SELECT max((data ->> 'turn')::int) FROM run_events WHERE run_id = :run AND type = 'step.turn'""",
    "recorded": """SELECT count(*) FROM turns JOIN steps s USING (tenant_id, step_id)
                   WHERE s.run_id = :run AND recorded_at IS NOT NULL""",
    "checkpoint": """SELECT max(c.turn) FROM checkpoints c JOIN steps s USING (tenant_id, step_id)
                     WHERE s.run_id = :run AND c.head = s.checkpoint_head""",
    "shown": "",
}


async def told(parts: Parts, run: ARun) -> dict[str, int | None]:
    """How many turns the step has taken, by each that tells it."""
    found: dict[str, int | None] = {}
    async with parts.owner.tenant(run.tenant_id) as tx:
        for name, query in TOLD.items():
            if query:
                found[name] = (await tx.execute(text(query), {"run": run.run_id})).scalar_one()
        [row] = await steps.of_run(tx, run.tenant_id, run.run_id)
        found["shown"] = row.turns
    return found


async def status_of(parts: Parts, run: ARun) -> tuple[str, str | None]:
    async with parts.owner.tenant(run.tenant_id) as tx:
        [row] = await steps.of_run(tx, run.tenant_id, run.run_id)
    return row.status, (row.error or {}).get("code")


async def nothing_expands(work: Work) -> StepExpanded:
    raise AssertionError(f"{work.claim.name} has no foreach: {expands(work)}")


async def advanced(play: Played, run: ARun, *, tick: int, turns_at_once: int = 1) -> None:
    """One dispatch, as a worker makes it, and records it whatever way it ends."""
    work = await taken(play.parts, run, "explore", tick=tick)
    work = replace(work, claim=replace(work.claim, turns_per_dispatch=turns_at_once))
    failpoints = Failpoints(None, environment="test")
    engines = {work.claim.kind: play.engine(work)}
    advancer = Advancer(engines, play.parts.writer, failpoints, nothing_expands, WorkerBreakers())
    await advancer.advance(HeldStep(work.claim, None), work, free_slots=lambda: 0)


def at_turn(play: Played, number: int, raised: Exception) -> None:
    """The model of this turn (from 0) does not answer."""

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        asked = sum(message["role"] == "assistant" for message in request["messages"])
        if asked == number:
            raise raised
        return answer_of(play.turns[min(asked, len(play.turns) - 1)], asked)

    play.gateway.answer = answer


Ends = Callable[[Played], None]
ENDS: dict[str, tuple[dict[str, Any], list[Any], Exception | None, str, str | None, int]] = {
    "it answers": ({}, [[code()], [code()], "done"], None, "SUCCESS", None, 3),
    "its turns are used up": ({"max_turns": 3}, [[code()]], None, "FAILED", "turns_exhausted", 3),
    "its answer never has its form": (
        {"output": {"schema": {"type": "object"}, "corrections": 1}},
        ["no"],
        None,
        "FAILED",
        "output_invalid",
        2,
    ),
    "a later turn fails": ({}, [[code()]], TickFailed("model_refused", "no"), "FAILED", "model_refused", 2),
    "its time is over": ({}, [[code()]], TimeoutError(), "FAILED", "step_timed_out", 2),
    "its budget is spent": (
        {},
        [[code()]],
        BudgetExceeded("spent", scope="step"),
        "FAILED",
        "budget_exceeded",
        2,
    ),
    "its run's budget is spent": (
        {},
        [[code()]],
        BudgetExceeded("spent", scope="run"),
        "FAILED",
        "budget_exceeded",
        2,
    ),
}


@pytest.mark.parametrize("turns_at_once", [1, 8])
@pytest.mark.parametrize("end", ENDS)
async def test_however_an_agent_ends_all_tell_of_the_same_turns(parts: Parts, end: str, turns_at_once: int) -> None:
    members, script, raised, status, code_of_error, count = ENDS[end]
    play, run = Played(parts, script), await a_run(parts.owner, steps=[agent_step(**members)])
    if raised is not None:
        at_turn(play, 2, raised)
    for tick in range(1 if turns_at_once > 1 else count + (raised is not None)):
        await advanced(play, run, tick=tick, turns_at_once=turns_at_once)
    assert await status_of(parts, run) == (status, code_of_error)
    assert await told(parts, run) == dict.fromkeys(TOLD, count)


async def test_a_cancelled_agent_tells_of_the_turns_before(parts: Parts) -> None:
    play, run = Played(parts, [[code()]]), await a_run(parts.owner, steps=[agent_step()])
    for tick in range(2):
        await advanced(play, run, tick=tick)
    async with parts.orchestrator.tenant(run.tenant_id) as tx:
        await run_control.lock_run_and_unfinished_steps(tx, run.tenant_id, run.run_id)
        failure = Failure("cancelled", "somebody cancelled it", retryable=False)
        error = await place(tx, run.tenant_id, run.run_id, failure, step=None)
        await run_control.stop_unfinished(tx, run.tenant_id, run.run_id, cause=RunStatus.CANCELLED, error=error)
    assert await status_of(parts, run) == ("CANCELLED", "cancelled")
    assert await told(parts, run) == dict.fromkeys(TOLD, 2)


async def test_an_agent_that_goes_on_after_its_last_turn_asks_and_pays_nothing_more(parts: Parts) -> None:
    play, run = Played(parts, [[code()]]), await a_run(parts.owner, steps=[agent_step(max_turns=2)])
    for tick in range(2):
        await advanced(play, run, tick=tick)
    async with parts.owner.tenant(run.tenant_id) as tx:
        await tx.execute(
            text(
                """UPDATE steps SET status = 'QUEUED', ended_at = NULL, error = NULL, tick = 2
                   WHERE run_id = :run AND name = 'explore'"""
            ),
            {"run": run.run_id},
        )
        await tx.execute(
            text(
                """UPDATE runs SET status = 'RUNNING', ended_at = NULL, stop_cause = NULL, error = NULL
                   WHERE run_id = :run"""
            ),
            {"run": run.run_id},
        )
    asked = len(play.gateway.requests)
    await advanced(play, run, tick=2)
    assert await status_of(parts, run) == ("FAILED", "turns_exhausted")
    assert len(play.gateway.requests) == asked
    assert await told(parts, run) == dict.fromkeys(TOLD, 2)


async def test_an_agent_that_begins_anew_is_numbered_on_without_a_gap(parts: Parts) -> None:
    play, run = Played(parts, [[code()]]), await a_run(parts.owner, steps=[agent_step(max_turns=2)])
    for tick in range(2):
        await advanced(play, run, tick=tick)
    async with parts.owner.tenant(run.tenant_id) as tx:
        numbered = await tx.execute(text("SELECT next_turn(s) FROM steps s WHERE run_id = :run"), {"run": run.run_id})
        assert numbered.scalar_one() == 2


async def test_what_an_agent_does_can_be_read_while_it_does_it(parts: Parts) -> None:
    play, run = Played(parts, [[code()], "done"]), await a_run(parts.owner, steps=[agent_step()])
    await advanced(play, run, tick=0)
    async with parts.owner.tenant(run.tenant_id) as tx:
        found = await turns.standing(tx, run.tenant_id, [run.steps["explore"]])
    standing = found[run.steps["explore"]]
    assert (standing.number, standing.tool, standing.tool_of_turn) == (1, "code.python", True)
    assert standing.tool_status == "SUCCEEDED"
    assert standing.answered_at is not None
