"""The port behind the launcher: something that starts runners."""

from typing import Protocol

from foundation.domain.tools import SandboxProfile


class RunnerStartError(Exception):
    """No runner could be started now."""


class Runner(Protocol):
    """One started runner."""

    @property
    def trouble(self) -> str:
        """Why it ended, for people, once it has; empty where its exit code is all that is known."""
        ...

    async def wait(self) -> int | None:
        """Return when the runner has ended: its exit code, or None where that cannot be known."""
        ...

    async def kill(self) -> None:
        """End the runner and all that it started; harmless when it has ended. Returns when it is gone."""
        ...


class RunnerStarter(Protocol):
    """Starts runners that take their lease with the token given to them, for jobs of one kind of sandbox."""

    @property
    def usual_start_seconds(self) -> float:
        """How long a start is taken to last, until some were seen."""
        ...

    @property
    def most_runners(self) -> int:
        """How many there may be at once."""
        ...

    async def start(self, token: str, profile: SandboxProfile) -> Runner:
        """Raises `RunnerStartError`."""
        ...

    async def close(self) -> None:
        """Let go of what starting needs, after the last runner is gone."""
        ...


class Probe(Protocol):
    """Whether runners of one kind can do their work at all."""

    def forget(self) -> None:
        """Find out anew the next time: somebody met a failure."""
        ...

    async def check(self) -> None:
        """Raises `SandboxUnavailable` with the reason."""
        ...
