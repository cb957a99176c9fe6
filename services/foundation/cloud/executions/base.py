"""The port behind a run's executions: started once by name, stopped, described, and answered by task token."""

import json
from dataclasses import dataclass
from typing import Protocol

from foundation.domain.errors import LockstepError

MAX_DOCUMENT_BYTES = 262_144


class DocumentRefused(LockstepError):
    """An input or an answer that is no JSON, or larger than Step Functions takes; it never will be taken."""

    code = "document_refused"


def check_document(document: str) -> None:
    """Raises `DocumentRefused`."""
    if (size := len(document.encode())) > MAX_DOCUMENT_BYTES:
        raise DocumentRefused(f"{size} bytes are more than the {MAX_DOCUMENT_BYTES} that an execution takes")
    try:
        json.loads(document)
    except ValueError as error:
        raise DocumentRefused(f"what an execution takes is JSON: {error}") from error


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
        """Starts the execution with this JSON; one of that name that was started before counts as started.

        `DocumentRefused` for what is no JSON or too large.
        """
        ...

    async def stop(self, name: str, *, cause: str) -> None:
        """Stops the execution; one that is unknown or has ended counts as stopped."""
        ...

    async def describe(self, name: str) -> Described | None:
        """The execution's state; None when there is none of that name."""
        ...

    async def succeed(self, task_token: str, output: str) -> None:
        """Answers a waiting token with this JSON; one that waits no longer counts as answered.

        `DocumentRefused` for what is no JSON or too large.
        """
        ...
