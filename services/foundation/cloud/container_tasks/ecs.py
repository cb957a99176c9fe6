"""Fargate tasks, by ECS.

RunTask answers capacity that is missing in `failures` and not as an error
(https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html); DescribeTasks may not know a new task for
some seconds, and forgets one about an hour after it has stopped.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from foundation.cloud.container_tasks.base import MOST_SEEN, NoCapacity, TaskPlace, TaskRefused, TaskSeen
from foundation.cloud.faults import code_of, unavailable

if TYPE_CHECKING:
    from types_aiobotocore_ecs import ECSClient

_WHAT = "ECS"
_TOO_FAST = frozenset({"ThrottlingException", "Throttling", "LimitExceededException", "RequestLimitExceeded"})
_REFUSALS = frozenset(
    {
        *("InvalidParameterException", "ClientException", "ClusterNotFoundException", "AccessDeniedException"),
        *("PlatformUnknownException", "PlatformTaskDefinitionIncompatibilityException", "UnsupportedFeatureException"),
        *("BlockedException",),
    }
)
_OF_CAPACITY = ("capacity", "resource:", "agent")
"""What the reasons of `failures` say where a later try may succeed; others are the definition's."""
_RETRY_SECONDS = 5.0


class EcsTasks:
    """Raises as the port says; the client's own retries are behind each call."""

    def __init__(self, client: "ECSClient", place: TaskPlace) -> None:
        self._client = client
        self._place = place

    async def check(self) -> None:
        with self._refusals():
            clusters = (await self._client.describe_clusters(clusters=[self._place.cluster]))["clusters"]
            if not any(cluster.get("status") == "ACTIVE" for cluster in clusters):
                raise TaskRefused(f"there is no active cluster {self._place.cluster}")
            found = await self._client.describe_task_definition(taskDefinition=self._place.definition)
            definition = found["taskDefinition"]
            if definition.get("status") != "ACTIVE":
                raise TaskRefused(f"the task definition {self._place.definition} is not active")
            if definition.get("taskRoleArn"):
                raise TaskRefused(f"the task definition {self._place.definition} has a role, which its jobs could use")

    async def run(self, environment: Mapping[str, str], *, key: str) -> str:
        variables: Any = [{"name": name, "value": value} for name, value in environment.items()]
        lent: Any = (
            {"capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]}
            if self._place.spot
            else {"launchType": "FARGATE"}
        )
        with self._refusals():
            answer = await self._client.run_task(
                cluster=self._place.cluster,
                taskDefinition=self._place.definition,
                count=1,
                clientToken=key,
                startedBy=self._place.started_by,
                enableExecuteCommand=False,
                networkConfiguration={
                    "awsvpcConfiguration": {
                        "subnets": list(self._place.subnets),
                        "securityGroups": list(self._place.security_groups),
                        "assignPublicIp": "DISABLED",
                    }
                },
                overrides={"containerOverrides": [{"name": self._place.container, "environment": variables}]},
                **lent,
            )
        if answer["tasks"]:
            return answer["tasks"][0]["taskArn"]
        reasons = "; ".join(str(one.get("reason", "")) for one in answer["failures"]) or "it started no task"
        if any(word in reasons.lower() for word in _OF_CAPACITY):
            raise NoCapacity(f"{_WHAT} has no room: {reasons}", retry_after=_RETRY_SECONDS)
        raise TaskRefused(f"{_WHAT} starts no such task: {reasons}")

    async def look(self, ids: Sequence[str]) -> dict[str, TaskSeen]:
        if not ids:
            return {}
        with unavailable(_WHAT):
            answer = await self._client.describe_tasks(cluster=self._place.cluster, tasks=list(ids)[:MOST_SEEN])
        return {task["taskArn"]: self._seen(task) for task in answer["tasks"]}

    async def stop(self, task_id: str, why: str) -> None:
        with unavailable(_WHAT):
            try:
                await self._client.stop_task(cluster=self._place.cluster, task=task_id, reason=why[:255])
            except ClientError as error:
                if code_of(error) != "InvalidParameterException":  # it is not known (any more)
                    raise

    async def running(self) -> list[TaskSeen]:
        found: list[TaskSeen] = []
        with unavailable(_WHAT):
            pages = self._client.get_paginator("list_tasks").paginate(
                cluster=self._place.cluster, startedBy=self._place.started_by, desiredStatus="RUNNING"
            )
            async for page in pages:
                found += (await self.look(page["taskArns"])).values()
        return [task for task in found if not task.has_stopped]

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        """Tells what passes from what does not."""
        with unavailable(_WHAT):
            try:
                yield
            except ClientError as error:
                if code_of(error) in _TOO_FAST:
                    raise NoCapacity(f"{_WHAT} is asked too fast: {error}", retry_after=_RETRY_SECONDS) from error
                if code_of(error) in _REFUSALS:
                    asked = f"{self._place.definition} in the cluster {self._place.cluster}"
                    raise TaskRefused(f"{_WHAT} refuses {asked}: {error}") from error
                raise

    def _seen(self, task: Any) -> TaskSeen:
        codes = [one.get("exitCode") for one in task.get("containers", ()) if one.get("name") == self._place.container]
        words = [one.get("reason", "") for one in task.get("containers", ())]
        return TaskSeen(
            id=task["taskArn"],
            started_at=task.get("createdAt") or datetime.now(UTC),
            has_stopped=task.get("lastStatus") == "STOPPED",
            exit_code=codes[0] if codes else None,
            why="; ".join(word for word in (task.get("stoppedReason", ""), *words) if word),
            is_taken_back=task.get("stopCode") == "SpotInterruption",
        )
