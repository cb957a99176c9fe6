"""What each answer of ECS means: passing, permanent, or no matter. Codes are those of its API reference."""

from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from foundation.cloud.container_tasks.base import NoCapacity, TaskPlace, TaskRefused
from foundation.cloud.container_tasks.ecs import EcsTasks
from foundation.domain.errors import DependencyUnavailable, LockstepError

PLACE = TaskPlace("tools", "runner:7", "runner", ("subnet-1",), ("sg-1",), "lockstep-tools", spot=True)


def refused_with(code: str, *, operation: str = "RunTask") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, operation)


def tasks(**answers: Any) -> EcsTasks:
    """Over a client whose operations answer so, or raise."""

    def operation(answer: Any) -> Any:
        async def call(**_: Any) -> Any:
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call

    client: Any = SimpleNamespace(**{name: operation(answer) for name, answer in answers.items()})
    return EcsTasks(client, PLACE)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refused_with("ThrottlingException"), NoCapacity),
        (refused_with("LimitExceededException"), NoCapacity),
        (
            {"tasks": [], "failures": [{"reason": "Capacity is unavailable at this time. Please try again later"}]},
            NoCapacity,
        ),
        ({"tasks": [], "failures": [{"reason": "RESOURCE:ENI"}]}, NoCapacity),
        ({"tasks": [], "failures": [{"reason": "MISSING"}]}, TaskRefused),
        ({"tasks": [], "failures": []}, TaskRefused),
        (refused_with("InvalidParameterException"), TaskRefused),
        (refused_with("ClusterNotFoundException"), TaskRefused),
        (refused_with("AccessDeniedException"), TaskRefused),
        (refused_with("ServerException"), DependencyUnavailable),
        (refused_with("SomethingNew"), DependencyUnavailable),
        (EndpointConnectionError(endpoint_url="http://ecs"), DependencyUnavailable),
    ],
    ids=str,
)
async def test_a_start_that_is_not_accepted_says_whether_another_may_be(answer: Any, kind: type[LockstepError]) -> None:
    with pytest.raises(kind) as refused:
        await tasks(run_task=answer).run({}, key="one")
    assert type(refused.value) is kind


async def test_a_task_whose_capacity_was_taken_back_says_so() -> None:
    stopped = {
        "taskArn": "a",
        "lastStatus": "STOPPED",
        "stopCode": "SpotInterruption",
        "stoppedReason": "Your Spot Task was interrupted.",
        "containers": [{"name": "helper", "exitCode": 0}, {"name": "runner", "exitCode": 137, "reason": "OutOfMemory"}],
    }
    seen = (await tasks(describe_tasks={"tasks": [stopped]}).look(["a"]))["a"]
    assert (seen.has_stopped, seen.exit_code, seen.is_taken_back) == (True, 137, True)
    assert seen.why == "Your Spot Task was interrupted.; OutOfMemory"


async def test_a_task_that_is_not_known_any_more_is_stopped_already() -> None:
    await tasks(stop_task=refused_with("InvalidParameterException", operation="StopTask")).stop("a", "not needed")
    with pytest.raises(DependencyUnavailable):
        await tasks(stop_task=refused_with("ServerException", operation="StopTask")).stop("a", "not needed")


@pytest.mark.parametrize(
    ("clusters", "definition", "why"),
    [
        ([], {"status": "ACTIVE"}, "no active cluster tools"),
        ([{"status": "INACTIVE"}], {"status": "ACTIVE"}, "no active cluster tools"),
        ([{"status": "ACTIVE"}], {"status": "INACTIVE"}, "runner:7 is not active"),
        ([{"status": "ACTIVE"}], {"status": "ACTIVE", "taskRoleArn": "arn:…"}, "has a role"),
    ],
)
async def test_tasks_that_cannot_run_or_should_not_are_refused_before_any_starts(
    clusters: list[dict[str, str]], definition: dict[str, str], why: str
) -> None:
    cloud = tasks(describe_clusters={"clusters": clusters}, describe_task_definition={"taskDefinition": definition})
    with pytest.raises(TaskRefused, match=why):
        await cloud.check()
