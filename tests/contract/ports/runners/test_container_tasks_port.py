"""What everything that starts container tasks must do: ECS as moto's server plays it, and the one in memory."""

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from fixtures.cloud.task_server import TaskServer, a_cluster, running_task_server
from foundation.cloud.container_tasks.base import ContainerTasks, TaskRefused
from foundation.cloud.container_tasks.fake import FakeTasks
from foundation.domain.errors import DependencyUnavailable
from foundation.domain.ids import new_uuid

KINDS = ["fake", pytest.param("ecs", marks=pytest.mark.stack)]
UNKNOWN = "arn:aws:ecs:eu-west-1:123456789012:task/tools/0123456789abcdef0123456789abcdef"
VARIABLES = {"LOCKSTEP_RUNNER_TOKEN": "once"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    yield from running_task_server(Path(tmp_path_factory.mktemp("tasks")))


@pytest.fixture
async def cloud(server: str) -> AsyncIterator[TaskServer]:
    async with a_cluster(server, f"tools-{new_uuid()}") as made:
        yield made


@pytest.fixture(params=KINDS)
async def tasks(request: pytest.FixtureRequest) -> AsyncIterator[ContainerTasks]:
    if request.param == "fake":
        yield FakeTasks()
        return
    async with a_cluster(request.getfixturevalue("server"), f"tools-{new_uuid()}") as made:
        yield made.tasks()


async def test_a_task_is_started_seen_and_stopped(tasks: ContainerTasks) -> None:
    await tasks.check()
    task = await tasks.run(VARIABLES, key="one")
    seen = (await tasks.look([task]))[task]
    assert (seen.id, seen.has_stopped) == (task, False)
    assert [one.id for one in await tasks.running()] == [task]
    await tasks.stop(task, "not needed")
    stopped = (await tasks.look([task]))[task]
    assert (stopped.has_stopped, stopped.why) == (True, "not needed")
    assert await tasks.running() == []


async def test_tasks_that_are_not_known_are_not_seen(tasks: ContainerTasks) -> None:
    assert await tasks.look([UNKNOWN]) == {}
    assert await tasks.look([]) == {}


async def test_each_key_starts_a_task_of_its_own(tasks: ContainerTasks) -> None:
    one, other = await tasks.run(VARIABLES, key="one"), await tasks.run(VARIABLES, key="other")
    assert {task.id for task in await tasks.running()} == {one, other}
    assert one != other


@pytest.mark.stack
@pytest.mark.parametrize(
    "changed", [{"cluster": "nowhere"}, {"definition": "unknown:1"}], ids=["no cluster", "no definition"]
)
async def test_what_can_never_start_is_refused_with_what_is_wrong(cloud: TaskServer, changed: dict[str, str]) -> None:
    tasks = cloud.tasks(**changed)
    named = next(iter(changed.values())).partition(":")[0]
    with pytest.raises(TaskRefused, match=named):
        await tasks.check()
    with pytest.raises((TaskRefused, DependencyUnavailable), match=named):
        await tasks.run(VARIABLES, key="one")


@pytest.mark.stack
async def test_the_platform_is_asked_for_one_task_with_no_way_in_or_out_of_its_own(cloud: TaskServer) -> None:
    asked: dict[str, Any] = {}
    cloud.client.meta.events.register("before-parameter-build.ecs.RunTask", lambda params, **_: asked.update(params))
    await cloud.tasks().run(VARIABLES, key="the-key")
    network = asked["networkConfiguration"]["awsvpcConfiguration"]
    assert (asked["count"], asked["clientToken"], asked["launchType"]) == (1, "the-key", "FARGATE")
    assert (network["assignPublicIp"], asked["enableExecuteCommand"]) == ("DISABLED", False)
    assert asked["overrides"]["containerOverrides"] == [
        {"name": "runner", "environment": [{"name": "LOCKSTEP_RUNNER_TOKEN", "value": "once"}]}
    ]
    assert "taskRoleArn" not in json.dumps(asked["overrides"])
