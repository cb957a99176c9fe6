"""The port behind a run's executions: started once by name, stopped, described, and answered by task token."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Described:
    """An execution's state in Step Functions' words: RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED."""

    status: str


def execution_name(run_id: object, generation: int) -> str:
    """The one name an execution of this generation can have, so that starting it twice starts it once."""
    return f"{run_id}-{generation}"


class Executions(Protocol):
    """Every call raises `DependencyUnavailable` when the executions cannot be asked."""

    async def start(self, name: str, document: str) -> None:
        """Starts the execution with this JSON; one of that name that was started before counts as started."""
        ...

    async def stop(self, name: str, *, cause: str) -> None:
        """Stops the execution; one that is unknown or has ended counts as stopped."""
        ...

    async def describe(self, name: str) -> Described | None:
        """The execution's state; None when there is none of that name."""
        ...

    async def succeed(self, task_token: str, output: str) -> None:
        """Answers a waiting token with this JSON; one that waits no longer counts as answered."""
        ...
