"""The port: start a task, see how it is, stop it, and find those that were started before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from foundation.domain.errors import DependencyUnavailable, LockstepError

MOST_SEEN = 100
"""Tasks that one look takes at most."""


class NoCapacity(DependencyUnavailable):
    """There is no room for another task just now, or tasks are started too fast; later there may be."""

    code = "no_capacity"


class TaskRefused(LockstepError):
    """Tasks like this one are not started here, however often it is asked: a definition or a grant is wrong."""

    code = "task_refused"
    usual_remedy = "mend the task definition, the network or the role that the message names, and start again"


@dataclass(frozen=True, slots=True)
class TaskPlace:
    """Where and as what tasks are started."""

    cluster: str
    definition: str
    """Family and revision: a family alone would change under tasks that are being started."""
    container: str
    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]
    started_by: str
    """By which tasks are found again; at most 36 characters."""
    spot: bool = False


@dataclass(frozen=True, slots=True)
class TaskSeen:
    """A task as it is; `exit_code` is that of its container, `why` in the platform's words, once it has stopped."""

    id: str
    started_at: datetime
    has_stopped: bool
    exit_code: int | None = None
    why: str = ""
    is_taken_back: bool = False
    """Whether the platform took its capacity back, as it may with what is lent cheaply."""


class ContainerTasks(Protocol):
    """Tasks of one definition in one cluster. Each method raises `DependencyUnavailable` when it is not answered."""

    async def check(self) -> None:
        """Whether tasks can be started at all. Raises `TaskRefused` with the reason."""
        ...

    async def run(self, environment: Mapping[str, str], *, key: str) -> str:
        """Start one with these variables besides the definition's; its id. The same key starts it once.

        Raises `NoCapacity` and `TaskRefused`.
        """
        ...

    async def look(self, ids: Sequence[str]) -> dict[str, TaskSeen]:
        """At most `MOST_SEEN` tasks; one that has been gone for long, or is not yet known everywhere, is absent."""
        ...

    async def stop(self, task_id: str, why: str) -> None:
        """Tell it to end, and end it after its grace; harmless when it has stopped or is not known."""
        ...

    async def running(self) -> list[TaskSeen]:
        """All tasks that were started by whoever has this name and that have not stopped."""
        ...
