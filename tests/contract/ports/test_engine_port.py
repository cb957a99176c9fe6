"""What every engine must do with a claimed step: those that are shipped, on a database, and the one in memory."""

import asyncio
import copy
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.runs import a_run, a_task, database
from fixtures.running.works import a_work
from foundation.cloud.live_text.fake import FakeLiveText
from foundation.cloud.objects.fake import FakeObjectStore
from foundation.domain.errors import DependencyUnavailable, LockstepError
from foundation.domain.states import StepKind
from orchestrator.claiming.taking import Taken, Taker
from orchestrator.clients.crew_program.fake import FakeCrewProgram
from orchestrator.clients.launcher.fake import FakeLauncher
from orchestrator.clients.model_gateway.fake import FakeModelGateway
from orchestrator.engines.base import Engine, EngineParts
from orchestrator.engines.fake import FakeEngine
from orchestrator.engines.model_turns import ModelTurns
from orchestrator.engines.registry import build_engines
from orchestrator.engines.text_telling import TextTelling
from orchestrator.failpoints import Failpoints
from orchestrator.tools.tool_calls import ToolCalls
from orchestrator.work import ApprovalAsked, MoreTurns, RunAwaited, StepFinished, TickFailed, TickOutcome, Work

SHIPPED: dict[str, dict[str, Any]] = {
    "noop": {"name": "first", "kind": "noop"},
    "tool": {"name": "first", "kind": "tool", "tool": "code.python", "arguments": {"code": "print('hello')"}},
    "llm": {"name": "first", "kind": "llm", "prompt": "How many penguins?"},
    "agent": {"name": "first", "kind": "agent", "instructions": "Count.", "prompt": "How many penguins?"},
    "approval": {"name": "first", "kind": "approval", "message": "May it?"},
    "run": {"name": "first", "kind": "run", "task": "below"},
    "crew": {
        "name": "first",
        "kind": "crew",
        "agents": [{"name": "counter", "role": "Counter", "goal": "Count."}],
        "tasks": [{"name": "count", "description": "Count.", "expected_output": "A number.", "agent": "counter"}],
    },
}
KINDS = ["fake", *(pytest.param(kind, marks=pytest.mark.stack) for kind in SHIPPED)]
REACHING = ["fake", *(pytest.param(kind, marks=pytest.mark.stack) for kind in ("tool", "llm", "agent", "crew"))]
"""Engines that ask another service."""


@dataclass(frozen=True, slots=True)
class Played:
    """An engine, how it comes by claimed steps, how what it reaches is lost, and how often that was asked."""

    engine: Engine
    work: Callable[[], Any]
    lose: Callable[[], None]
    asked: Callable[[], int]


def of_memory() -> Played:
    engine = FakeEngine()

    async def work() -> Work:
        return a_work()

    async def away(_: Work) -> TickOutcome:
        raise DependencyUnavailable("what it reaches is away")

    def lose() -> None:
        engine.end = away

    return Played(engine, work, lose, lambda: 0)


@pytest.fixture
async def played(request: pytest.FixtureRequest) -> AsyncIterator[Played]:
    if request.param == "fake":
        yield of_memory()
        return
    scratch: ScratchDatabase = request.getfixturevalue("scratch")
    owner, orchestrator = database(scratch), database(scratch, "orchestrator")
    launcher, gateway, objects = FakeLauncher(), FakeModelGateway(), FakeObjectStore()
    failpoints = Failpoints(None, environment="test")
    parts = EngineParts(
        orchestrator,
        objects,
        ModelTurns(orchestrator, gateway, failpoints, TextTelling(FakeLiveText())),
        ToolCalls(orchestrator, launcher, objects, failpoints, artifacts_per_job=10, run_token=lambda _: "a run token"),
        FakeCrewProgram(),
    )
    taker = Taker(orchestrator, worker_id="worker-1", lease_seconds=45)

    async def work() -> Work:
        run = await a_run(owner, steps=[SHIPPED[request.param]])
        if request.param == "run":
            await a_task(owner, (run.tenant_id, run.user_id), name="below")
        taken = await taker.take(run.dispatch("first"))
        assert isinstance(taken, Taken), taken
        return taken.work

    def lose() -> None:
        launcher.away = gateway.away = True

    engine = build_engines(parts)[StepKind(request.param)]
    yield Played(engine, work, lose, lambda: len(launcher.started) + len(gateway.requests))
    await orchestrator.close()
    await owner.close()


@pytest.mark.parametrize("played", KINDS, indirect=True)
async def test_a_tick_ends_with_an_output_that_can_be_stored_or_the_step_goes_on_later(played: Played) -> None:
    outcome = await played.engine.run(await played.work())
    assert isinstance(outcome, StepFinished | MoreTurns | ApprovalAsked | RunAwaited)
    if isinstance(outcome, StepFinished):
        assert json.loads(json.dumps(outcome.output, allow_nan=False)) == outcome.output


@pytest.mark.parametrize("played", KINDS, indirect=True)
async def test_a_step_is_left_as_it_was_claimed(played: Played) -> None:
    work = await played.work()
    before = copy.deepcopy((work.claim, work.step, work.data))
    await played.engine.run(work)
    assert (work.claim, work.step, work.data) == before


@pytest.mark.parametrize("played", KINDS, indirect=True)
async def test_one_engine_runs_many_steps_at_once(played: Played) -> None:
    works = [await played.work() for _ in range(3)]
    outcomes = await asyncio.gather(*(played.engine.run(work) for work in works))
    assert [type(outcome) for outcome in outcomes] == [type(outcomes[0])] * 3


@pytest.mark.parametrize("played", KINDS, indirect=True)
async def test_a_tick_that_runs_again_ends_as_before_and_asks_nobody_a_second_time(played: Played) -> None:
    work = await played.work()
    first = await played.engine.run(work)
    asked = played.asked()
    second = await played.engine.run(work)
    assert type(second) is type(first)
    if isinstance(first, StepFinished) and isinstance(second, StepFinished):
        assert (second.output, second.turn) == (first.output, first.turn)
    assert played.asked() == asked


@pytest.mark.parametrize("played", REACHING, indirect=True)
async def test_what_does_not_answer_ends_the_tick_in_the_platform_s_words(played: Played) -> None:
    work = await played.work()
    played.lose()
    with pytest.raises((LockstepError, TickFailed)) as raised:
        await played.engine.run(work)
    assert isinstance(raised.value, LockstepError | TickFailed)
    assert raised.value.retryable
