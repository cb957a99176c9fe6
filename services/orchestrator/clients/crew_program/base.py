"""The port behind the program of a crew: one process for each dispatch, that is spoken with in frames."""

from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol

from foundation.domain.errors import LockstepError


class CrewLost(LockstepError):
    """The program ended before its crew did, killed from outside; another attempt may end otherwise."""

    code = "crew_lost"
    retryable = True


class CrewBroken(LockstepError):
    """The program ended by itself before its crew did, or says what no program of ours would say."""

    code = "crew_broken"


class CrewUnavailable(LockstepError):
    """The program cannot be started on this worker."""

    code = "crew_unavailable"


class CrewConversation(Protocol):
    """What is said with one program; whatever it says is unproven, and judged by whoever reads it."""

    async def receive(self) -> bytes:
        """The JSON text of its next frame; `CrewLost` or `CrewBroken` when no other comes."""
        ...

    async def send(self, document: dict[str, Any]) -> None:
        """Sends one frame; raises nothing where the program is gone, as the next `receive` tells why."""
        ...


class CrewProgram(Protocol):
    """Starts programs. Leaving the context ends the program with all that it has started, at once."""

    def start(self) -> AbstractAsyncContextManager[CrewConversation]:
        """A program that waits for its crew. Entering raises `CrewUnavailable`, `SandboxUnavailable` or `CrewLost`."""
        ...
