"""Dead letters: a step fails only for its own generation and tick, and never under a live lease."""

import json
from typing import Any

from sqlalchemy import text

from fixtures.running.parts import Parts
from fixtures.running.runs import ARun, a_run
from foundation.cloud.queue.base import Received
from orchestrator.claiming.taking import Taken
from orchestrator.intake.dead_letters import DeadLetters


def letter(run: ARun, *, generation: int = 1, tick: int = 0) -> Received:
    body = {
        "v": 1,
        "tenant_id": str(run.tenant_id),
        "run_id": str(run.run_id),
        "generation": generation,
        "step_id": str(run.steps["first"]),
        "tick": tick,
        "task_token": "dead token",
        "traceparent": None,
    }
    return Received(json.dumps(body), "receipt", 21)


async def status(parts: Parts, run: ARun) -> Any:
    async with parts.owner.tenant(run.tenant_id) as tx:
        query = "SELECT status, error ->> 'code' AS code FROM steps WHERE step_id = :step"
        return (await tx.execute(text(query), {"step": run.steps["first"]})).one()


def dead_letters(parts: Parts) -> DeadLetters:
    return DeadLetters(queue=None, database=parts.orchestrator, worker_id="worker-1")  # type: ignore[arg-type]


async def test_a_step_that_nobody_could_handle_fails_and_its_token_is_answered(parts: Parts) -> None:
    run = await a_run(parts.owner)
    await dead_letters(parts).handle(letter(run))
    assert tuple(await status(parts, run)) == ("FAILED", "dead_letter")
    async with parts.owner.tenant(run.tenant_id) as tx:
        rows = await tx.execute(text("SELECT payload FROM outbox WHERE run_id = :r"), {"r": run.run_id})
        assert [row.payload["task_token"] for row in rows] == ["dead token"]


async def test_a_live_holder_is_not_disturbed(parts: Parts) -> None:
    run = await a_run(parts.owner)
    assert isinstance(await parts.taker.take(run.dispatch("first")), Taken)
    await dead_letters(parts).handle(letter(run))
    assert (await status(parts, run)).status == "RUNNING"


async def test_letters_of_another_generation_or_tick_or_of_nobody_are_dropped(parts: Parts) -> None:
    run = await a_run(parts.owner)
    for dead in (letter(run, generation=2), letter(run, tick=1), Received("not json", "receipt", 21)):
        await dead_letters(parts).handle(dead)
    assert (await status(parts, run)).status == "QUEUED"
