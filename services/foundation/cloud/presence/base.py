"""The port behind the registry of workers: whoever does not say again that it lives is forgotten."""

from typing import Protocol

from foundation.contracts.presence import WorkerPresence


class Presence(Protocol):
    """Every call raises `DependencyUnavailable` when the registry does not answer."""

    async def show(self, worker: WorkerPresence, *, seconds: float) -> None:
        """The worker is present for this long from now, and replaces what it showed before."""
        ...

    async def leave(self, worker_id: str) -> None:
        """The worker is present no more; nothing when it is not known."""
        ...

    async def present(self) -> list[WorkerPresence]:
        """Those that are present, by their ids."""
        ...
