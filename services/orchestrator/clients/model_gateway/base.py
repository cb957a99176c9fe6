"""The port behind models: a chat completion for a claimed step, made once under its key."""

from collections.abc import Callable
from typing import Any, Protocol

from orchestrator.work import Work

OnText = Callable[[str], None]
"""Is given the answer's text piece by piece, in order."""


class ModelGateway(Protocol):
    """Each call is charged to the claim's run and step, and so to their budgets."""

    async def complete(
        self, work: Work, *, call_key: str, request: dict[str, Any], on_text: OnText | None = None
    ) -> dict[str, Any]:
        """The chat completion that answers the request, as the gateway stored it under the call's key.

        With `on_text` the answer is asked for as a stream, and its text is told while it comes; some or all of it may
        not be told. The answer that is returned is the same either way.

        Raises `BudgetExceeded`, `LeaseLost`, `RunClosed`, `DependencyUnavailable` when the gateway does not answer, or
        `TickFailed`, whose `retryable` tells whether another attempt may help.
        """
        ...

    async def close(self) -> None:
        """Closes the connections; no call may follow."""
        ...
