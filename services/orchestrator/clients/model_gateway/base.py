"""The port behind models: a chat completion for a claimed step, made once under its key."""

from typing import Any, Protocol

from orchestrator.work import Work


class ModelGateway(Protocol):
    """Each call is charged to the claim's run and step, and so to their budgets."""

    async def complete(self, work: Work, *, call_key: str, request: dict[str, Any]) -> dict[str, Any]:
        """The chat completion that answers the request, as the gateway stored it under the call's key.

        Raises `BudgetExceeded`, `LeaseLost`, `RunClosed`, `DependencyUnavailable` when the gateway does not answer, or
        `TickFailed`, whose `retryable` tells whether another attempt may help.
        """
        ...

    async def close(self) -> None:
        """Closes the connections; no call may follow."""
        ...
