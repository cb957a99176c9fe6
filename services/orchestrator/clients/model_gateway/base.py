"""The port behind models: a chat completion for a claimed step, made once under its key."""

from typing import Any, Protocol

from orchestrator.work import Work


class ModelGateway(Protocol):
    """Who pays is the claim: its run, its step and their budgets."""

    async def complete(self, work: Work, *, call_key: str, request: dict[str, Any]) -> dict[str, Any]:
        """The chat completion that answers the request, as the gateway stored it under the call's key.

        Raises `BudgetExceeded`, `LeaseLost`, `RunClosed`, `DependencyUnavailable` when the gateway does not answer, or
        `TickFailed` that says whether to try again.
        """
        ...

    async def close(self) -> None:
        """Lets go of connections; no call is made after it."""
        ...
