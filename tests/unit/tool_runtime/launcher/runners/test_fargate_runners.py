"""Runners that are tasks: started again where there is no room, watched together, found when nobody waits for them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from fixtures.eventually import eventually
from foundation.cloud.container_tasks.base import NoCapacity, TaskRefused
from foundation.cloud.container_tasks.fake import FakeTasks
from foundation.domain.errors import SandboxUnavailable
from foundation.domain.tools import SandboxProfile
from tool_runtime.launcher.runners.base import RunnerStartError
from tool_runtime.launcher.runners.fargate.probe import TasksProbe
from tool_runtime.launcher.runners.fargate.starter import START_TRIES, FargateRunner, FargateRunners

PYTHON = SandboxProfile.PYTHON


@pytest.fixture
def tasks() -> FakeTasks:
    return FakeTasks()


@pytest.fixture
async def runners(tasks: FakeTasks) -> AsyncIterator[FargateRunners]:
    made = FargateRunners(
        tasks,
        "http://launcher:8082",
        longest_seconds=3600,
        idle_seconds=600,
        egress="service",
        look_seconds=0.01,
        sweep_seconds=0.01,
        pause=lambda _: 0,
    )
    yield made
    await made.close()


async def ended(runner: FargateRunner) -> int | None:
    async with asyncio.timeout(60):
        return await runner.wait()


async def test_a_task_is_told_where_its_launcher_is_and_its_token_alone(
    runners: FargateRunners, tasks: FakeTasks
) -> None:
    runner = await runners.start("the-token", PYTHON)
    assert tasks.environments[runner.task_id] == {
        "LOCKSTEP_RUNNER_BACKEND": "task",
        "LOCKSTEP_RUNNER_LAUNCHER_URL": "http://launcher:8082",
        "LOCKSTEP_RUNNER_TOKEN": "the-token",
        "LOCKSTEP_RUNNER_PROFILE": "python",
        "LOCKSTEP_RUNNER_IDLE_SECONDS": "600",
        "LOCKSTEP_RUNNER_EGRESS": "service",
        "LOCKSTEP_RUNNER_LOG_LEVEL": "INFO",
    }


async def test_a_runner_ends_with_its_task_and_says_why(runners: FargateRunners, tasks: FakeTasks) -> None:
    done, crashed, taken = [await runners.start(f"token-{n}", PYTHON) for n in range(3)]
    tasks.end(done.task_id, exit_code=0)
    tasks.end(crashed.task_id, exit_code=137, why="OutOfMemoryError: container killed due to memory usage")
    tasks.end(taken.task_id, why="Your Spot Task was interrupted.", is_taken_back=True)
    assert [await ended(one) for one in (done, crashed, taken)] == [0, 137, None]
    assert "code 137 (OutOfMemoryError" in crashed.trouble
    assert "taken back (Your Spot Task" in taken.trouble


async def test_a_start_is_tried_again_with_the_same_key_while_there_is_no_room(
    runners: FargateRunners, tasks: FakeTasks
) -> None:
    tasks.refuses = NoCapacity("full")
    runners.pause = lambda tried: _make_room(tasks, tried)
    await runners.start("the-token", PYTHON)
    assert len(tasks.environments) == 1


def _make_room(tasks: FakeTasks, tried: int) -> float:
    if tried == START_TRIES - 2:
        tasks.refuses = None
    return 0


@pytest.mark.parametrize(
    ("refusal", "tries"), [(NoCapacity("full"), START_TRIES), (TaskRefused("there is no cluster"), 1)], ids=str
)
async def test_what_is_given_up_says_why(
    runners: FargateRunners, tasks: FakeTasks, refusal: NoCapacity | TaskRefused, tries: int
) -> None:
    paused: list[int] = []

    def pause(tried: int) -> float:
        paused.append(tried)
        return 0

    tasks.refuses, runners.pause = refusal, pause
    with pytest.raises(RunnerStartError, match=refusal.detail):
        await runners.start("the-token", PYTHON)
    assert len(paused) == tries - 1


async def test_a_new_task_that_is_not_known_everywhere_yet_is_not_taken_for_gone(
    runners: FargateRunners, tasks: FakeTasks
) -> None:
    runner = await runners.start("the-token", PYTHON)
    tasks.unknown.add(runner.task_id)
    other = await runners.start("other", PYTHON)
    tasks.end(other.task_id, exit_code=0)
    assert await ended(other) == 0
    assert not runner.ended.done()
    runner.started_at -= timedelta(minutes=2)
    assert await ended(runner) is None
    assert "does not know its task" in runner.trouble


async def test_a_runner_that_is_killed_counts_as_ended_though_ecs_is_away(
    runners: FargateRunners, tasks: FakeTasks
) -> None:
    stopped, unheard = await runners.start("one", PYTHON), await runners.start("two", PYTHON)
    await stopped.kill()
    tasks.away = True
    await unheard.kill()
    await unheard.kill()
    assert [await ended(stopped), await ended(unheard)] == [None, None]
    tasks.away = False
    assert [task.id for task in await tasks.running()] == [unheard.task_id]


async def test_watching_goes_on_when_ecs_is_back(runners: FargateRunners, tasks: FakeTasks) -> None:
    runner = await runners.start("one", PYTHON)
    tasks.end(runner.task_id, exit_code=0)
    tasks.away = True
    await asyncio.sleep(0.05)
    assert not runner.ended.done()
    tasks.away = False
    assert await ended(runner) == 0


async def test_a_task_that_outlives_every_runner_is_stopped_and_a_younger_one_is_not(
    runners: FargateRunners, tasks: FakeTasks
) -> None:
    """Of another launcher: one that ended, and one that is being replaced by this one."""
    orphan, younger = [await tasks.run({}, key=key) for key in ("orphan", "younger")]
    tasks.age(orphan, datetime.now(UTC) - timedelta(hours=2))
    mine = await runners.start("mine", PYTHON)

    async def stopped() -> bool:
        return orphan not in {task.id for task in await tasks.running()}

    await eventually(stopped)
    assert {task.id for task in await tasks.running()} == {younger, mine.task_id}


async def test_the_probe_says_what_is_wrong_and_looks_again_when_told(tasks: FakeTasks) -> None:
    probe = TasksProbe(tasks)
    await probe.check()
    tasks.refuses = TaskRefused("there is no active cluster tools")
    await probe.check()
    probe.forget()
    with pytest.raises(SandboxUnavailable, match="no active cluster"):
        await probe.check()
