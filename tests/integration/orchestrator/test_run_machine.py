"""Whatever happens to a run, in whatever order: its rows, its events and what is sent are those of a small model."""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import text

from fixtures.machine.postgres import ScratchDatabase
from fixtures.models.drawn_plans import plans
from fixtures.models.run_model import RunModel, Sent, StepModel
from fixtures.running.parts import Parts, parts_on
from fixtures.running.runs import ARun, a_run, database
from fixtures.running.works import a_failure, a_placed_failure
from foundation.contracts.run_events import RunPaused
from foundation.contracts.steps.base import Budget
from foundation.domain.errors import LeaseLost
from foundation.domain.people.payers import NOBODY
from foundation.domain.reruns import steps_to_retry
from foundation.domain.states import PauseReason, RunStatus, StepStatus
from foundation.storage.execution.dispatches import LeaseFence
from foundation.storage.session.database import Database, Transaction
from foundation.workflow import endings, lapses, run_control
from foundation.workflow.reruns import reopening
from foundation.workflow.reruns.reopening import RetryPlan
from foundation.workflow.run_control import RunRow
from orchestrator.claiming.taking import Taken, TakeRefusal
from orchestrator.recording.retried import record_lost
from orchestrator.work import MoreTurns, StepFinished, Work

T = TypeVar("T")
FAILURE = a_failure("tool_failed", "by chance")
REFUSALS = {
    TakeRefusal.PARKED: "parked",
    TakeRefusal.STALE: "stale",
    TakeRefusal.ANSWERED: "answered",
    TakeRefusal.RUN_NOT_RUNNING: "not running",
    TakeRefusal.HELD: "held",
}


@dataclass(slots=True)
class World:
    """Worker and control plane on one database, on a loop of their own, since Hypothesis does not await."""

    loop: asyncio.AbstractEventLoop
    parts: Parts
    control: Database

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)


@pytest.fixture
def world(scratch: ScratchDatabase) -> Iterator[World]:
    loop = asyncio.new_event_loop()
    opened = parts_on(scratch)
    control = database(scratch, "control_plane")
    yield World(loop, loop.run_until_complete(opened.__aenter__()), control)
    loop.run_until_complete(control.close())
    loop.run_until_complete(opened.__aexit__(None, None, None))
    loop.close()


class RunMachine(RuleBasedStateMachine):
    """Rules are what messages, workers, sweepers and people do; after each of them all rows are compared."""

    world: World

    @initialize(steps=plans(least=2, most=5))
    def begin(self, steps: list[StepModel]) -> None:
        self.model = RunModel({step.name: step for step in steps})
        self.leases: dict[str, LeaseFence] = {}
        self.fenced: list[LeaseFence] = []
        self.tokens = 0
        definition = [
            {
                "name": step.name,
                "kind": "noop",
                "needs": list(step.needs),
                "on_failure": step.on_failure.value,
                "retry": {"attempts": step.tries},
            }
            for step in steps
        ]
        self.run: ARun = self.world.do(a_run(self.world.parts.owner, steps=definition))

    # What messages bring

    @precondition(lambda self: not self.model.all_ended)
    @rule(data=st.data())
    def a_message_comes(self, data: st.DataObject) -> None:
        step = self._one(data, [step for step in self.model.steps.values() if not step.has_ended])
        self._take(step.name, generation=step.generation, tick=step.tick)

    @rule(data=st.data(), older=st.booleans())
    def a_late_message_comes(self, data: st.DataObject, older: bool) -> None:
        """Of a step that has ended, or of an earlier generation or tick."""
        step = self._one(data, list(self.model.steps.values()))
        generation = step.generation - 1 if older else step.generation
        self._take(step.name, generation=max(generation, 0), tick=max(step.tick - (not older), 0))

    # What holders record

    @precondition(lambda self: self.leases)
    @rule(data=st.data(), free_slots=st.integers(0, 2), skipped=st.booleans())
    def a_holder_ends_its_step(self, data: st.DataObject, free_slots: int, skipped: bool) -> None:
        lease = self._lease(data)
        writer = self.world.parts.writer
        if skipped:
            could = self.model.leave_out(lease.name, free_slots=free_slots)
            works = self.world.do(writer.left_out(lease, FAILURE, free_slots=free_slots))
        else:
            could = self.model.finish(lease.name, free_slots=free_slots)
            works = self.world.do(writer.finished(lease, StepFinished({"by": lease.fence}), free_slots=free_slots))
        names = [work.claim.name for work in works]
        assert set(names) <= set(could)
        assert len(names) == min(free_slots, len(could))
        self.model.claimed(names)
        self._hold(*works)

    @precondition(lambda self: self.leases)
    @rule(data=st.data(), may_pass=st.booleans())
    def a_holder_fails(self, data: st.DataObject, may_pass: bool) -> None:
        lease = self._lease(data)
        again = self.world.do(self.world.parts.writer.failed(lease, replace(FAILURE, retryable=may_pass)))
        assert again == self.model.fail(lease.name, may_pass=may_pass)
        self._drop_fenced()

    @precondition(lambda self: self.leases)
    @rule(data=st.data())
    def a_holder_gives_back(self, data: st.DataObject) -> None:
        lease = self._lease(data)
        self.world.do(self.world.parts.writer.given_back(lease))
        self.model.give_back(lease.name)

    @precondition(lambda self: self.leases)
    @rule(data=st.data())
    def a_holder_goes_on_at_the_next_tick(self, data: st.DataObject) -> None:
        lease = self._lease(data)
        self.world.do(self.world.parts.writer.more_turns(lease, MoreTurns(turn=1, records=())))
        self.model.go_on(lease.name)

    @precondition(lambda self: self.leases)
    @rule(data=st.data())
    def a_lease_lapses(self, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(self.leases)))
        lapsed = self.world.do(self._lapse(self.run.steps[name]))
        assert lapsed == self.model.lapse(name)
        if lapsed:
            self._drop_fenced()

    @precondition(lambda self: self.fenced)
    @rule(data=st.data(), what=st.sampled_from(["finished", "failed", "given_back", "more_turns"]))
    def a_holder_that_lost_its_step_wakes(self, data: st.DataObject, what: str) -> None:
        lease, writer = self._one(data, self.fenced), self.world.parts.writer
        calls: dict[str, Callable[[], Coroutine[Any, Any, Any]]] = {
            "finished": lambda: writer.finished(lease, StepFinished({}), free_slots=1),
            "failed": lambda: writer.failed(lease, replace(FAILURE, retryable=True)),
            "given_back": lambda: writer.given_back(lease),
            "more_turns": lambda: writer.more_turns(lease, MoreTurns(turn=9, records=())),
        }
        with pytest.raises(LeaseLost):
            self.world.do(calls[what]())

    # What people and sweepers do

    @precondition(lambda self: self.model.status is RunStatus.RUNNING)
    @rule()
    def somebody_pauses(self) -> None:
        self.world.do(self._locked(lambda tx, row: run_control.pause(tx, row, RunPaused(reason=PauseReason.USER))))
        self.model.pause()

    @precondition(lambda self: self.model.status is RunStatus.PAUSED)
    @rule()
    def somebody_resumes(self) -> None:
        self._open_generation()

    @precondition(lambda self: self.model.status is RunStatus.RUNNING and not self.model.all_ended)
    @rule()
    def a_lost_execution_is_recovered(self) -> None:
        self._open_generation()

    @precondition(lambda self: self.model.is_open)
    @rule(chance=st.integers(0, 3))
    def somebody_cancels(self, chance: int) -> None:
        assume(chance == 0)
        self.world.do(self._locked(lambda tx, row: endings.cancel(tx, row, failure=FAILURE)))
        self.model.cancel()
        self._drop_fenced()

    @precondition(lambda self: self.model.status is RunStatus.RUNNING)
    @rule(chance=st.integers(0, 3))
    def its_time_is_over(self, chance: int) -> None:
        assume(chance == 0)
        cause, error = RunStatus.TIMED_OUT, a_placed_failure("run_timed_out", "by chance")

        async def stop(tx: Transaction, row: RunRow) -> None:
            await run_control.stop_unfinished(tx, row.tenant_id, row.run_id, cause=cause, error=error)

        self.world.do(self._locked(stop))
        self.model.stop(cause)
        self._drop_fenced()

    @precondition(lambda self: self.model.status is RunStatus.RUNNING and self.model.all_ended)
    @rule()
    def it_is_finalized(self) -> None:
        assert self.world.do(self._locked(endings.end_from_steps)) is self.model.finalize()

    @precondition(lambda self: not self.model.is_open and self.model.status is not RunStatus.COMPLETED)
    @rule(data=st.data())
    def somebody_retries(self, data: st.DataObject) -> None:
        named = data.draw(st.lists(st.sampled_from(sorted(self.model.steps)), unique=True, max_size=2))
        again = self.model.again(named)
        assert self.world.do(self._retry(named)) == again
        self.model.retry(again)

    # What must hold

    @invariant()
    def the_rows_are_those_of_the_model(self) -> None:
        status, generation, cause, steps = self.world.do(self._rows())
        assert (status, generation, cause) == (self.model.status, self.model.generation, self.model.stop_cause)
        assert steps == {
            step.name: (
                step.status,
                step.unmet,
                step.generation,
                step.tick,
                step.fence,
                step.attempt,
                step.token,
                step.waits,
                step.excused,
            )
            for step in self.model.steps.values()
        }

    @invariant()
    def the_events_tell_what_happened_without_a_hole(self) -> None:
        events = self.world.do(self._events())
        assert [seq for seq, *_ in events] == list(range(1, len(events) + 1))
        told = [(kind, name) for _, kind, name in events]
        for batch in self.model.events:
            size = batch.total()
            assert Counter(told[:size]) == batch
            told = told[size:]
        assert told == []

    @invariant()
    def each_token_is_answered_and_each_message_sent_as_often_as_it_must_be(self) -> None:
        assert self.world.do(self._sent()) == +self.model.sent

    def _take(self, name: str, *, generation: int, tick: int) -> None:
        self.tokens += 1
        token = f"token-{self.tokens}"
        taken = self.world.do(
            self.world.parts.taker.take(self.run.dispatch(name, tick=tick, generation=generation, token=token))
        )
        found = "taken" if isinstance(taken, Taken) else REFUSALS[taken]
        assert found == self.model.take(name, token, generation=generation, tick=tick)
        if isinstance(taken, Taken):
            self._hold(taken.work)

    def _hold(self, *works: Work) -> None:
        for work in works:
            self.leases[work.claim.name] = work.claim.lease_fence()

    def _lease(self, data: st.DataObject) -> LeaseFence:
        """A holder's lease, which ends with what it records; it is tried once more later, in vain."""
        lease = self.leases.pop(data.draw(st.sampled_from(sorted(self.leases))))
        self.fenced.append(lease)
        return lease

    def _drop_fenced(self) -> None:
        """What the model does not hold any more was taken from its holder."""
        for name in [name for name in self.leases if self.model.steps[name].status is not StepStatus.RUNNING]:
            self.fenced.append(self.leases.pop(name))

    def _open_generation(self) -> None:
        self.world.do(self._locked(lambda tx, row: run_control.open_generation(tx, row, reason="by chance")))
        self.model.resume()
        self._drop_fenced()

    @staticmethod
    def _one(data: st.DataObject, among: list[T]) -> T:
        return among[data.draw(st.integers(0, len(among) - 1))]

    async def _locked(self, do: Callable[[Transaction, RunRow], Coroutine[Any, Any, T]]) -> T:
        """As the control plane does it: the steps are locked, then their run."""
        async with self.world.control.tenant(self.run.tenant_id) as tx:
            row = await run_control.lock_run_and_unfinished_steps(tx, self.run.tenant_id, self.run.run_id)
            assert row is not None
            return await do(tx, row)

    async def _lapse(self, step_id: Any) -> bool:
        async with self.world.parts.owner.tenant(self.run.tenant_id) as tx:
            query = "UPDATE steps SET lease_expires_at = now() - interval '1 s' WHERE step_id = :step"
            await tx.execute(text(query), {"step": step_id})
        async with self.world.parts.orchestrator.tenant(self.run.tenant_id) as tx:
            fenced = await lapses.fence_lapsed(tx, self.run.tenant_id, step_id, lease_seconds=45)
            if fenced is not None:
                await record_lost(tx, fenced.lease, a_failure("worker_lost", "its lease has lapsed", retryable=True))
        if fenced is None:
            async with self.world.parts.owner.tenant(self.run.tenant_id) as tx:
                query = "UPDATE steps SET lease_expires_at = now() + interval '1 h' WHERE step_id = :step"
                await tx.execute(text(query), {"step": step_id})
        return fenced is not None

    async def _retry(self, named: list[str]) -> set[str]:
        async with self.world.control.tenant(self.run.tenant_id) as tx:
            row, standing = await reopening.lock(tx, self.run.tenant_id, self.run.run_id)
            assert row is not None
            again = steps_to_retry(list(standing.values()), named=named)
            await reopening.reopen(tx, row, standing, RetryPlan("somebody", NOBODY, again, Budget()))
        return set(again)

    async def _rows(self) -> tuple[Any, ...]:
        async with self.world.parts.owner.tenant(self.run.tenant_id) as tx:
            run = (
                await tx.execute(
                    text("SELECT status, generation, stop_cause FROM runs WHERE run_id = :run"),
                    {"run": self.run.run_id},
                )
            ).one()
            rows = await tx.execute(
                text(
                    """SELECT name, status, unmet_needs, generation, tick, fence, attempt, task_token,
                              wait_reason IS NOT NULL, excused FROM steps WHERE run_id = :run"""
                ),
                {"run": self.run.run_id},
            )
            return (*run, {name: tuple(rest) for name, *rest in rows})

    async def _events(self) -> list[tuple[int, str, str | None]]:
        async with self.world.parts.owner.tenant(self.run.tenant_id) as tx:
            rows = await tx.execute(
                text(
                    """SELECT e.seq, e.type, s.name FROM run_events e LEFT JOIN steps s USING (tenant_id, step_id)
                       WHERE e.run_id = :run ORDER BY e.seq"""
                ),
                {"run": self.run.run_id},
            )
            return [tuple(row) for row in rows]

    async def _sent(self) -> Counter[Sent]:
        async with self.world.parts.owner.tenant(self.run.tenant_id) as tx:
            rows = await tx.execute(
                text(
                    """SELECT kind, payload ->> 'task_token' AS token, count(*) FROM outbox
                       WHERE run_id = :run GROUP BY 1, 2"""
                ),
                {"run": self.run.run_id},
            )
            return Counter({(kind, token): count for kind, token, count in rows})


@pytest.mark.parametrize(
    ("examples", "steps"), [(8, 25), pytest.param(400, 60, marks=[pytest.mark.full, pytest.mark.timeout(1_800)])]
)
def test_a_run_is_what_its_model_is_after_each_thing_that_happens(world: World, examples: int, steps: int) -> None:
    machine = type("RunMachineHere", (RunMachine,), {"world": world})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
