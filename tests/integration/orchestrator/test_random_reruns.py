"""Random plans with random failures, retried or forked: they end as if nothing had failed, and repeat nothing."""

import hashlib
import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.parts import Parts
from fixtures.running.runs import ARun, a_run, database
from foundation.contracts.steps.base import MAX_STEPS, Budget
from foundation.domain.failures import Failure
from foundation.domain.ids import RunId, new_uuid
from foundation.domain.people.payers import NOBODY
from foundation.domain.reruns import steps_to_copy, steps_to_retry
from foundation.domain.states import RunStatus
from foundation.storage.execution import runs, steps
from foundation.storage.execution.dispatches import StepDispatch
from foundation.storage.execution.runs import Lineage, NewRun
from foundation.storage.execution.steps import StepRow
from foundation.storage.session.database import Database
from foundation.storage.session.pages import PagePart
from foundation.workflow import endings, plans, run_control
from foundation.workflow.reruns import forking, reopening
from foundation.workflow.reruns.forking import ForkPlan
from foundation.workflow.reruns.reopening import RetryPlan
from orchestrator.claiming.taking import Taken, TakeRefusal
from orchestrator.work import StepFinished, Work

PLANS = 12


@pytest.fixture
async def control(scratch: ScratchDatabase) -> AsyncIterator[Database]:
    """The database as the control plane, which retries and forks, may use it."""
    opened = database(scratch, "control_plane")
    yield opened
    await opened.close()


@dataclass(slots=True)
class Player:
    """Plays workers on one run: takes steps in random order, has some fail, and counts what was executed."""

    parts: Parts
    run: ARun
    run_id: RunId
    chance: random.Random
    executed: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)

    async def play(self, *, generation: int, failing: float) -> RunStatus:
        """One generation from its beginning to the run's end."""
        async with self.parts.owner.tenant(self.run.tenant_id) as tx:
            plan = await plans.pinned_plan(tx, self.run.tenant_id, self.run_id)
            await plans.start_clock(tx, self.run.tenant_id, self.run_id, plan.definition)
            branches = list(await plans.open_branches(tx, self.run.tenant_id, self.run_id))
        while branches:
            branch = branches.pop(self.chance.randrange(len(branches)))
            token = f"{branch.step_id}-{generation}"
            dispatch = StepDispatch(self.run.tenant_id, self.run_id, branch.step_id, generation, branch.tick, token)
            taken = await self.parts.taker.take(dispatch)
            if isinstance(taken, Taken):
                await self._execute(taken.work, fails=self.chance.random() < failing)
            elif taken is TakeRefusal.PARKED:
                branches.append(branch)
            else:
                assert taken is TakeRefusal.ANSWERED, taken
        async with self.parts.owner.tenant(self.run.tenant_id) as tx:
            row = await run_control.lock_run(tx, self.run.tenant_id, self.run_id)
            assert row is not None
            return await endings.end_from_steps(tx, row)

    async def _execute(self, work: Work, *, fails: bool) -> None:
        name, lease = work.claim.name, work.claim.lease_fence()
        self.executed[name] += 1
        if fails:
            self.failed[name] += 1
            await self.parts.writer.failed(lease, Failure("tool_failed", "by chance", retryable=False))
            return
        needs = work.claim.definition["needs"]
        read = json.dumps([name, *(work.data["steps"][need]["output"] for need in needs)])
        output = hashlib.sha256(read.encode()).hexdigest()
        await self.parts.writer.finished(lease, StepFinished(output, turn=work.claim.turn + 1), free_slots=0)

    async def rows(self) -> dict[str, StepRow]:
        async with self.parts.owner.tenant(self.run.tenant_id) as tx:
            part = PagePart(steps.OF_RUN.orders.usual, MAX_STEPS, content=frozenset({"output", "error"}))
            found = await steps.page_of_run(tx, self.run.tenant_id, self.run_id, part)
            return {row.name: row for row in found.rows}


def a_plan(chance: random.Random) -> list[dict[str, Any]]:
    plan: list[dict[str, Any]] = []
    for number in range(chance.randint(2, 9)):
        needs = chance.sample(range(number), min(number, chance.randint(0, 3)))
        plan.append({"name": f"s{number}", "kind": "noop", "needs": [f"s{need}" for need in sorted(needs)]})
    return plan


def outputs_from_the_beginning(plan: list[dict[str, Any]]) -> dict[str, str]:
    outputs: dict[str, str] = {}
    for step in plan:
        read = json.dumps([step["name"], *(outputs[need] for need in step["needs"])])
        outputs[step["name"]] = hashlib.sha256(read.encode()).hexdigest()
    return outputs


async def retried(control: Database, player: Player, *, named: tuple[str, ...] = ()) -> int:
    async with control.tenant(player.run.tenant_id) as tx:
        row, standing = await reopening.lock(tx, player.run.tenant_id, player.run_id)
        assert row is not None
        again = steps_to_retry(list(standing.values()), named=named)
        return await reopening.reopen(tx, row, standing, RetryPlan("somebody", NOBODY, again, Budget()))


@pytest.mark.parametrize("seed", range(PLANS))
async def test_a_run_that_is_retried_until_it_completes_executes_each_step_once_more_than_it_failed(
    parts: Parts, control: Database, seed: int
) -> None:
    chance = random.Random(seed)
    plan = a_plan(chance)
    run = await a_run(parts.owner, steps=plan)
    player = Player(parts, run, run.run_id, chance)
    generation, status = 1, await player.play(generation=1, failing=0.4)
    while status is not RunStatus.COMPLETED:
        assert status is RunStatus.FAILED
        generation = await retried(control, player)
        status = await player.play(generation=generation, failing=0.3)
    assert player.executed == {step["name"]: 1 + player.failed[step["name"]] for step in plan}
    rows = await player.rows()
    assert {name: row.attempt for name, row in rows.items()} == dict(player.executed)
    assert {name: row.output for name, row in rows.items()} == outputs_from_the_beginning(plan)


@pytest.mark.parametrize("seed", range(PLANS))
async def test_a_named_step_and_all_below_it_are_executed_again_and_nothing_else(
    parts: Parts, control: Database, seed: int
) -> None:
    chance = random.Random(seed)
    plan = a_plan(chance)
    run = await a_run(parts.owner, steps=plan)
    player = Player(parts, run, run.run_id, chance)
    if await player.play(generation=1, failing=0.3) is RunStatus.COMPLETED:
        return
    named = chance.choice(plan)["name"]
    before = Counter(player.executed)
    rows = await player.rows()
    again = steps_to_retry([row.standing() for row in rows.values()], named=[named])
    await player.play(generation=await retried(control, player, named=(named,)), failing=0)
    repeated = {name for name in player.executed if player.executed[name] > before[name]}
    assert repeated <= set(again)
    ended = await player.rows()
    assert {name for name, row in ended.items() if row.output != rows[name].output} <= set(again)
    untouched = {name: row for name, row in rows.items() if name not in again}
    assert {name: ended[name].attempt for name in untouched} == {name: row.attempt for name, row in untouched.items()}


@pytest.mark.parametrize("seed", range(PLANS))
async def test_a_fork_ends_like_a_run_from_the_beginning_and_executes_nothing_that_it_took_over(
    parts: Parts, control: Database, seed: int
) -> None:
    chance = random.Random(seed)
    plan = a_plan(chance)
    run = await a_run(parts.owner, steps=plan)
    await Player(parts, run, run.run_id, chance).play(generation=1, failing=0.3)
    start, fork_id = chance.choice(plan)["name"], RunId(new_uuid())
    async with control.tenant(run.tenant_id) as tx:
        assert await forking.hold_still(tx, run.tenant_id, run.run_id)
        origin = await steps.of_run(tx, run.tenant_id, run.run_id)
        copied = steps_to_copy([row.standing() for row in origin], start=start)
        assert await runs.insert(tx, a_fork(run, fork_id, start))
        await forking.insert_steps(tx, run.tenant_id, fork_id, origin, ForkPlan(run.run_id, start, 0, copied))
    fork = Player(parts, run, fork_id, chance)
    assert await fork.play(generation=1, failing=0) is RunStatus.COMPLETED
    assert fork.executed == {step["name"]: 1 for step in plan if step["name"] not in copied}
    rows = await fork.rows()
    assert {name: row.output for name, row in rows.items()} == outputs_from_the_beginning(plan)
    assert {name for name, row in rows.items() if row.copied_from} == copied


def a_fork(run: ARun, fork_id: RunId, start: str) -> NewRun:
    return NewRun(
        tenant_id=run.tenant_id,
        run_id=fork_id,
        task_id=run.task_id,
        task_version=1,
        input={},
        budget_tokens=None,
        budget_nano_usd=None,
        timeout_seconds=600,
        idempotency_key=None,
        request_digest=None,
        traceparent=None,
        created_by=run.user_id,
        lineage=Lineage(run.run_id, start, 0, {}),
    )
