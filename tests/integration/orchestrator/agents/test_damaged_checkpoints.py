"""An agent whose checkpoint is damaged goes on from the one before; nothing is asked or run twice, and it is told."""

from typing import Any

import pytest
from sqlalchemy import text

from fixtures.running.agents import Played, agent_step, code
from fixtures.running.parts import Parts
from fixtures.running.runs import ARun, a_run
from foundation.storage.execution.checkpoints.chains import CheckpointCorrupt
from orchestrator.work import StepFinished

DAMAGED = "UPDATE checkpoints SET head = decode(repeat('11', 32), 'hex') WHERE tenant_id = :tenant AND turn >= :turn"


async def sql(parts: Parts, run: ARun, statement: str, **values: Any) -> Any:
    async with parts.owner.tenant(run.tenant_id) as tx:
        return await tx.execute(text(statement), {"tenant": run.tenant_id, **values})


async def after_three_turns(parts: Parts) -> tuple[Played, ARun]:
    play = Played(parts, [[code("1")], [code("2")], [code("3")], [code("4")], "done"])
    run = await a_run(parts.owner, steps=[agent_step()])
    for tick in range(3):
        await play.tick(run, tick=tick)
    return play, run


async def test_it_goes_on_from_the_turn_before(parts: Parts) -> None:
    play, run = await after_three_turns(parts)
    await sql(parts, run, DAMAGED, turn=2)
    ended: dict[str, Any] = {}
    for tick in range(3, 8):
        outcome = await play.tick(run, tick=tick)
        if isinstance(outcome, StepFinished):
            ended = outcome.output
            break
    assert ended["text"] == "done"
    assert len(play.launcher.started) == 4, "the jobs of turns 2 and 3 are not run again"
    assert len(play.gateway.requests) == 5, "their requests are sent under their keys, whose answers the gateway has"
    query = "SELECT data FROM run_events WHERE tenant_id = :tenant AND type = 'step.checkpoint_refused' ORDER BY seq"
    told = [row.data for row in await sql(parts, run, query)]
    assert [(one["turn"], one["used"]) for one in told if one["turn"]] == [(3, 1), (2, 1)]
    rows = await sql(parts, run, "SELECT turn, next_turn(steps) AS next FROM steps WHERE tenant_id = :tenant")
    assert tuple(rows.one()) == (5, 5)
    turns = await sql(parts, run, "SELECT turn FROM checkpoints WHERE tenant_id = :tenant ORDER BY turn")
    assert [row.turn for row in turns] == [1, 2, 3, 4, 5]


async def test_without_a_sound_one_it_fails_and_says_why(parts: Parts) -> None:
    play, run = await after_three_turns(parts)
    await sql(parts, run, DAMAGED, turn=1)
    with pytest.raises(CheckpointCorrupt, match="no checkpoint left to go on from"):
        await play.tick(run, tick=3)
