"""Random plans with conditions and lists, played in random order: each step ends as the reference scheduler says."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text

from fixtures.models.reference_scheduler import Plan, a_plan, computed, definition, ends, outcome
from fixtures.running.parts import Parts
from fixtures.running.runs import ARun, a_run
from foundation.domain.ids import StepId
from foundation.domain.states import StepKind
from foundation.storage.execution.dispatches import StepDispatch
from foundation.workflow import endings, run_control
from orchestrator.breakers.board import WorkerBreakers
from orchestrator.claiming.leases import HeldStep
from orchestrator.claiming.taking import Taken
from orchestrator.failpoints import Failpoints
from orchestrator.intake.advancing import Advancer
from orchestrator.intake.expansion import Expansion
from orchestrator.work import StepFinished, TickFailed, TickOutcome, Work

PLANS, ALL_PLANS = 12, 500
_LOST = 0.04
_MOST_MESSAGES = 600


class Adding:
    """Computes what the program of a step would."""

    async def run(self, work: Work) -> TickOutcome:
        value = computed(work.resolve(work.claim.definition["arguments"]["inputs"], "arguments", "inputs"))
        if value is None:
            raise TickFailed("exit_code", "its program failed")
        return StepFinished({"result": {"n": value}}, turn=work.claim.turn + 1)


@dataclass(slots=True)
class Player:
    """Brings messages of the run in random order, and loses its execution now and then."""

    parts: Parts
    run: ARun
    chance: random.Random
    advancer: Advancer
    tokens: int = 0

    async def play(self) -> None:
        for _ in range(_MOST_MESSAGES):
            open_steps = await self._open()
            if not open_steps:
                return
            if self.chance.random() < _LOST:
                await self._lose_execution()
                continue
            await self._bring(self.chance.choice(open_steps))
        raise AssertionError(f"after {_MOST_MESSAGES} messages there are still {await self._open()}")

    async def _bring(self, step: Any) -> None:
        self.tokens += 1
        dispatch = StepDispatch(
            self.run.tenant_id, self.run.run_id, StepId(step.step_id), step.generation, step.tick, f"t{self.tokens}"
        )
        taken = await self.parts.taker.take(dispatch)
        works = [taken.work] if isinstance(taken, Taken) else []
        while works:
            work = works.pop(self.chance.randrange(len(works)))
            held = HeldStep(work.claim, receipt=None)
            works += await self.advancer.advance(held, work, free_slots=lambda: self.chance.randint(0, 2))

    async def _open(self) -> list[Any]:
        """Steps of which Step Functions may bring a message: one that has opened its items only after their end."""
        async with self.parts.owner.tenant(self.run.tenant_id) as tx:
            rows = await tx.execute(
                text(
                    """SELECT s.step_id, s.name, s.generation, s.tick FROM steps s
                       WHERE s.run_id = :run AND s.ended_at IS NULL
                         AND NOT (s.wait_reason IS NOT DISTINCT FROM 'items' AND EXISTS (
                             SELECT FROM steps i WHERE i.parent_id = s.step_id AND i.ended_at IS NULL))
                       ORDER BY s.step_id"""
                ),
                {"run": self.run.run_id},
            )
            return list(rows.all())

    async def _lose_execution(self) -> None:
        async with self.parts.orchestrator.tenant(self.run.tenant_id) as tx:
            row = await run_control.lock_run_and_unfinished_steps(tx, self.run.tenant_id, self.run.run_id)
            assert row is not None
            await run_control.open_generation(tx, row, reason="by chance")

    async def finalize(self) -> str:
        async with self.parts.owner.tenant(self.run.tenant_id) as tx:
            row = await run_control.lock_run(tx, self.run.tenant_id, self.run.run_id)
            assert row is not None
            return (await endings.end_from_steps(tx, row)).value

    async def found(self) -> dict[str, tuple[str, bool, Any]]:
        async with self.parts.owner.tenant(self.run.tenant_id) as tx:
            rows = await tx.execute(
                text("SELECT name, status, excused, output FROM steps WHERE run_id = :run AND parent_id IS NULL"),
                {"run": self.run.run_id},
            )
            return {row.name: (row.status, row.excused, _read(row.status, row.output)) for row in rows}


def _read(status: str, output: Any) -> Any:
    """What others read of an output: the number, or those of a list."""
    if status != "SUCCESS":
        return None
    if isinstance(output, list):
        return [None if item is None else item["result"]["n"] for item in output]
    return output["result"]["n"]


async def _plays_as_the_reference_says(parts: Parts, plan: Plan, chance: random.Random) -> str:
    run = await a_run(parts.owner, **definition(plan))
    failpoints = Failpoints(None, environment="test")
    advancer = Advancer(
        {StepKind.TOOL: Adding()}, parts.writer, failpoints, Expansion(parts.orchestrator).run, WorkerBreakers()
    )
    player = Player(parts, run, chance, advancer)
    await player.play()
    wanted = ends(plan)
    assert await player.found() == {name: (end.status, end.excused, end.value) for name, end in wanted.items()}
    assert await player.finalize() == outcome(wanted)
    return outcome(wanted)


@pytest.mark.parametrize(
    "seeds",
    [
        pytest.param(range(PLANS), id="sample"),
        pytest.param(range(PLANS, ALL_PLANS), id="all", marks=[pytest.mark.full, pytest.mark.timeout(1_800)]),
    ],
)
async def test_random_plans_end_as_the_reference_scheduler_says(
    parts: Parts, seeds: range, record_property: Callable[[str, object], None]
) -> None:
    ended: dict[str, int] = {}
    for seed in seeds:
        chance = random.Random(seed)
        how = await _plays_as_the_reference_says(parts, a_plan(chance), chance)
        ended[how] = ended.get(how, 0) + 1
    record_property("sample", f"{len(seeds)} plans, {ended}")
