"""Whatever way a tick ends, exactly one outcome is recorded, or none when the step is somebody else's by then."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from fixtures.running.works import a_work
from foundation.domain.errors import (
    BudgetExceeded,
    DatabaseUnavailable,
    LeaseLost,
    LockstepError,
    RunClosed,
    ValueNotStorable,
)
from foundation.domain.failures import Failure
from foundation.domain.ids import StepId, new_uuid
from foundation.domain.states import StepKind
from foundation.storage.execution.approvals import ApprovalRequest
from foundation.storage.execution.dispatches import LeaseFence, StepItem
from foundation.storage.execution.doubtful_jobs import DoubtfulJob
from foundation.storage.session.database import Transaction
from foundation.workflow.sub_runs.planning import RunPlan
from orchestrator.breakers.board import WorkerBreakers
from orchestrator.breakers.breaker import FAILURES, OPEN_SECONDS, BreakerOpen
from orchestrator.claiming.leases import HeldStep
from orchestrator.engines.fake import FakeEngine
from orchestrator.failpoints import Failpoints
from orchestrator.intake.advancing import Advancer
from orchestrator.work import MoreTurns, StepExpanded, StepFinished, TickFailed, TickOutcome, TurnsTaken, Work

Run = Callable[[], Awaitable[TickOutcome]]


class WrittenOutcomes:
    """Keeps what was recorded; raises the next of `errors` first, as a database would."""

    def __init__(self, *errors: Exception) -> None:
        self.written: list[tuple[str, Any]] = []
        self.tries = 0
        self._errors = list(errors)

    def _write(self, outcome: str, value: Any = None) -> None:
        self.tries += 1
        if self._errors:
            raise self._errors.pop(0)
        self.written.append((outcome, value))

    async def finished(self, lease: LeaseFence, outcome: StepFinished, *, free_slots: int) -> list[Work]:  # noqa: ARG002
        self._write("finished", free_slots)
        return []

    async def left_out(self, lease: LeaseFence, reason: Failure, *, free_slots: int) -> list[Work]:  # noqa: ARG002
        self._write("left_out", (reason.code, free_slots))
        return []

    async def expanded(self, lease: LeaseFence, outcome: StepExpanded) -> None:  # noqa: ARG002
        self._write("expanded", outcome.values)

    async def more_turns(self, lease: LeaseFence, outcome: MoreTurns) -> None:  # noqa: ARG002
        self._write("more_turns", outcome.turn)

    async def asked(self, lease: LeaseFence, requests: Sequence[ApprovalRequest]) -> None:  # noqa: ARG002
        self._write("asked", [request.message for request in requests])

    async def in_doubt(self, lease: LeaseFence, job: DoubtfulJob) -> None:  # noqa: ARG002
        self._write("in_doubt", job.tool)

    async def awaits_run(self, lease: LeaseFence, plan: RunPlan) -> None:  # noqa: ARG002
        self._write("awaits_run", plan)

    async def failed(
        self,
        lease: LeaseFence,  # noqa: ARG002
        failure: Failure,
        *,
        taken: TurnsTaken | None = None,
        output: object = None,
    ) -> bool:
        records = taken.records if taken else ()
        self._write("failed", (failure.code, failure.retryable, len(records), output))
        return failure.retryable

    async def given_back(self, lease: LeaseFence, *, partial: dict[str, Any] | None = None) -> None:  # noqa: ARG002
        self._write("given_back")

    async def postponed(self, lease: LeaseFence, *, breaker: str, delay_seconds: float) -> None:  # noqa: ARG002
        self._write("postponed", (breaker, delay_seconds))

    async def out_of_budget(
        self,
        lease: LeaseFence,  # noqa: ARG002
        error: BudgetExceeded,
        *,
        taken: TurnsTaken | None = None,
    ) -> None:
        self._write("out_of_budget", (error.scope, taken and taken.turn))


async def three_items(work: Work) -> StepExpanded:
    return StepExpanded(3, (1, 2, 3))


async def no_record(tx: Transaction) -> None:
    """A write that goes with an outcome."""


def with_a_turn(**of: Any) -> Work:
    """Of whose dispatch a turn was taken whole before anything went wrong."""
    work = a_work(**of)
    work.taken.turn, work.taken.records = 3, (no_record,)
    return work


async def advance(
    run: Run,
    outcomes: WrittenOutcomes,
    *,
    work: Work | None = None,
    lost: bool = False,
    breakers: WorkerBreakers | None = None,
) -> FakeEngine:
    engine, work = FakeEngine(lambda _: run()), work or a_work()
    failpoints = Failpoints(None, environment="test")
    advancer = Advancer(
        {StepKind.NOOP: engine},
        outcomes,
        failpoints,
        three_items,
        breakers or WorkerBreakers(),
        record_pause_seconds=0.001,
    )
    held = HeldStep(work.claim, None)
    held.lost = lost
    await advancer.advance(held, work, free_slots=lambda: 3)
    return engine


def gives(outcome: TickOutcome) -> Run:
    async def run() -> TickOutcome:
        return outcome

    return run


def raises(error: BaseException) -> Run:
    async def run() -> TickOutcome:
        raise error

    return run


async def test_a_step_that_finished_is_recorded_with_the_slots_that_are_free() -> None:
    outcomes = WrittenOutcomes()
    await advance(gives(StepFinished({})), outcomes)
    assert outcomes.written == [("finished", 3)]


async def test_a_step_whose_condition_is_false_is_left_out_and_its_engine_not_run() -> None:
    outcomes = WrittenOutcomes()
    step = {"name": "first", "kind": "noop", "when": "${input.wanted}"}
    work = a_work(step, data={"input": {"wanted": False}, "steps": {}})
    engine = await advance(gives(StepFinished({})), outcomes, work=work)
    assert outcomes.written == [("left_out", ("condition_false", 3))]
    assert engine.works == []


async def test_a_step_for_each_item_opens_them_and_an_item_is_run_by_its_engine() -> None:
    outcomes = WrittenOutcomes()
    step = {"name": "first", "kind": "noop", "foreach": "${input.list}"}
    engine = await advance(gives(StepFinished({})), outcomes, work=a_work(step))
    assert (outcomes.written, engine.works) == ([("expanded", (1, 2, 3))], [])
    item = StepItem(StepId(new_uuid()), 0, "a")
    await advance(gives(StepFinished({})), outcomes, work=a_work(step, item=item))
    assert outcomes.written[1:] == [("finished", 3)]


async def test_a_condition_that_is_neither_true_nor_false_fails_the_step() -> None:
    outcomes = WrittenOutcomes()
    work = a_work({"name": "first", "kind": "noop", "when": "${input.wanted}"}, data={"input": {}, "steps": {}})
    await advance(gives(StepFinished({})), outcomes, work=work)
    assert outcomes.written == [("failed", ("expression_failed", False, 0, None))]


async def test_a_step_with_turns_to_come_is_handed_back_for_them() -> None:
    outcomes = WrittenOutcomes()
    await advance(gives(MoreTurns(turn=2)), outcomes)
    assert outcomes.written == [("more_turns", 2)]


@pytest.mark.parametrize("error", [LeaseLost("another has it"), RunClosed("closed")])
async def test_nothing_is_recorded_of_a_step_that_is_somebody_elses(error: LockstepError) -> None:
    outcomes = WrittenOutcomes()
    await advance(raises(error), outcomes)
    assert outcomes.tries == 0


async def test_a_spent_budget_is_recorded_with_its_scope() -> None:
    outcomes = WrittenOutcomes()
    await advance(raises(BudgetExceeded("spent", scope="user")), outcomes, work=with_a_turn())
    assert outcomes.written == [("out_of_budget", ("user", 3))]


async def test_a_failure_keeps_its_advice_the_turns_before_it_and_what_it_had() -> None:
    outcomes = WrittenOutcomes()
    failure = TickFailed("x", "no", retryable=True, output={"a": 1})
    await advance(raises(failure), outcomes, work=with_a_turn())
    assert outcomes.written == [("failed", ("x", True, 1, {"a": 1}))]


async def test_a_step_whose_time_was_over_before_its_claim_does_not_run() -> None:
    outcomes = WrittenOutcomes()
    engine = await advance(gives(StepFinished({})), outcomes, work=a_work(seconds=0))
    assert engine.works == []
    assert outcomes.written == [("failed", ("step_timed_out", False, 0, None))]


async def test_a_step_that_takes_longer_than_its_time_fails() -> None:
    async def forever() -> TickOutcome:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    outcomes = WrittenOutcomes()
    await advance(forever, outcomes, work=a_work(seconds=0.01))
    assert outcomes.written == [("failed", ("step_timed_out", False, 0, None))]


async def test_a_step_that_runs_out_of_time_keeps_the_turns_that_it_has_taken() -> None:
    work = with_a_turn(seconds=0.01)

    async def forever() -> TickOutcome:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    outcomes = WrittenOutcomes()
    await advance(forever, outcomes, work=work)
    assert outcomes.written == [("failed", ("step_timed_out", False, 1, None))]


async def test_a_step_that_is_cancelled_as_its_worker_stops_is_given_back() -> None:
    outcomes = WrittenOutcomes()
    with pytest.raises(asyncio.CancelledError):
        await advance(raises(asyncio.CancelledError()), outcomes)
    assert outcomes.written == [("given_back", None)]


async def test_a_step_that_is_cancelled_because_it_was_lost_is_not_given_back() -> None:
    outcomes = WrittenOutcomes()
    with pytest.raises(asyncio.CancelledError):
        await advance(raises(asyncio.CancelledError()), outcomes, lost=True)
    assert outcomes.tries == 0


async def test_an_outcome_is_written_again_while_the_database_is_away() -> None:
    outcomes = WrittenOutcomes(DatabaseUnavailable("away"), ConnectionResetError(), DatabaseUnavailable("away"))
    await advance(gives(StepFinished({})), outcomes)
    assert outcomes.written == [("finished", 3)]


async def test_an_outcome_is_given_up_after_five_tries_and_left_to_the_sweeper() -> None:
    outcomes = WrittenOutcomes(*[DatabaseUnavailable("away")] * 9)
    await advance(gives(StepFinished({})), outcomes)
    assert (outcomes.tries, outcomes.written) == (5, [])


async def test_an_outcome_of_a_lost_lease_is_not_written_again() -> None:
    outcomes = WrittenOutcomes(LeaseLost("another has it"))
    await advance(gives(StepFinished({})), outcomes)
    assert (outcomes.tries, outcomes.written) == (1, [])


async def test_an_outcome_that_the_database_refuses_fails_the_step_at_once() -> None:
    outcomes = WrittenOutcomes(ValueNotStorable("U+0000"))
    await advance(gives(StepFinished({})), outcomes)
    assert outcomes.written == [("failed", ("outcome_refused", False, 0, None))]


async def test_a_failure_whose_output_is_refused_is_recorded_without_it() -> None:
    outcomes = WrittenOutcomes(ValueNotStorable("U+0000"))
    await advance(raises(TickFailed("x", "no", output={"a": 1})), outcomes, work=with_a_turn())
    assert outcomes.written == [("failed", ("x", False, 0, None))]


async def test_a_failure_whose_very_text_is_refused_is_recorded_as_a_failure_all_the_same() -> None:
    outcomes = WrittenOutcomes(ValueNotStorable("U+0000"), ValueNotStorable("U+0000"))
    await advance(raises(TickFailed("x", "\0", output={"a": 1})), outcomes)
    assert outcomes.written == [("failed", ("failure_refused", False, 0, None))]


async def test_a_database_that_refuses_everything_ends_the_tries() -> None:
    outcomes = WrittenOutcomes(*[ValueNotStorable("U+0000")] * 9)
    await advance(raises(TickFailed("x", "\0")), outcomes)
    assert (outcomes.tries, outcomes.written) == (2, [])


async def test_a_step_whose_service_is_not_asked_for_a_while_is_postponed_and_has_not_failed() -> None:
    outcomes = WrittenOutcomes()
    await advance(raises(BreakerOpen("tool_launcher", seconds=3.2)), outcomes)
    assert outcomes.written == [("postponed", ("tool_launcher", 4))]


async def test_a_kind_of_step_that_fails_by_our_fault_again_and_again_is_not_run_for_a_while() -> None:
    breakers = WorkerBreakers()
    for _ in range(FAILURES):
        await advance(raises(ZeroDivisionError()), WrittenOutcomes(), breakers=breakers)
    outcomes = WrittenOutcomes()
    engine = await advance(gives(StepFinished({})), outcomes, breakers=breakers)
    assert engine.works == []
    assert outcomes.written == [("postponed", ("step_kind:noop", OPEN_SECONDS))]


async def test_a_steps_own_failures_say_nothing_about_its_kind() -> None:
    breakers = WorkerBreakers()
    for _ in range(FAILURES + 1):
        await advance(raises(TickFailed("wrong", "the task's own fault")), WrittenOutcomes(), breakers=breakers)
    outcomes = WrittenOutcomes()
    await advance(gives(StepFinished({})), outcomes, breakers=breakers)
    assert [name for name, _ in outcomes.written] == ["finished"]
