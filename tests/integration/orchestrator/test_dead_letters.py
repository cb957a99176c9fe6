"""Dead letters: a step fails only for its own generation and tick, and never under a live lease."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from fixtures.running.parts import Parts
from fixtures.running.runs import ARun, a_run
from foundation.cloud.queue.base import Received
from foundation.domain.failures import Failure
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


async def test_letters_of_another_generation_or_tick_change_nothing(parts: Parts) -> None:
    run = await a_run(parts.owner)
    for dead in (letter(run, generation=2), letter(run, tick=1)):
        await dead_letters(parts).handle(dead)
    assert (await status(parts, run)).status == "QUEUED"
    assert await kept(parts, run) == []


async def kept(parts: Parts, run: ARun) -> list[Any]:
    async with parts.orchestrator.tenant(run.tenant_id) as tx:
        rows = await tx.execute(
            text(
                """SELECT cause, attempts, receive_count, status, error ->> 'retryable' AS retryable FROM dead_letters
                   WHERE run_id = :r ORDER BY died_at"""
            ),
            {"r": run.run_id},
        )
        return [tuple(row) for row in rows]


async def test_what_a_message_died_of_is_kept_with_how_often_it_was_received(parts: Parts) -> None:
    run = await a_run(parts.owner)
    await dead_letters(parts).handle(letter(run))
    assert await kept(parts, run) == [("dead_letter", 1, 21, "open", "true")]


@pytest.mark.parametrize(
    ("retry", "code", "retryable", "letters"),
    [
        ({"attempts": 1}, "dependency_unavailable", True, [("dependency_unavailable", 1, None, "open", "true")]),
        ({"attempts": 2}, "dependency_unavailable", True, []),
        ({"attempts": 1}, "expression_failed", False, []),
    ],
)
async def test_only_a_step_that_another_attempt_might_have_helped_is_kept_once_it_has_none(
    parts: Parts, retry: dict[str, Any], code: str, retryable: bool, letters: list[Any]
) -> None:
    run = await a_run(parts.owner, steps=[{"name": "first", "kind": "noop", "retry": retry}])
    taken = await parts.taker.take(run.dispatch("first"))
    assert isinstance(taken, Taken)
    await parts.writer.failed(taken.work.claim.lease_fence(), Failure(code, "no", retryable=retryable))
    assert await kept(parts, run) == letters


@pytest.mark.parametrize(
    ("body", "head"),
    [("not json", "not json"), ("a\0b", "a\ufffdb"), ('{"v": 2}', '{"v": 2}'), ("x" * 9000, "x" * 2000)],
)
async def test_what_nobody_can_read_is_kept_once_for_the_operators(parts: Parts, body: str, head: str) -> None:
    for count in (21, 22):
        await dead_letters(parts).handle(Received(body, "receipt", count))
    async with parts.owner.across_tenants(reason="a test looks") as tx:
        rows = await tx.execute(
            text("SELECT size, receive_count FROM unreadable_messages WHERE head = :head"), {"head": head}
        )
        assert [tuple(row) for row in rows] == [(len(body), 22)]
