"""The port behind the launcher: something that starts runners."""

from typing import Protocol

from foundation.domain.tools import SandboxProfile


class RunnerStartError(Exception):
    """No runner could be started now."""


class Runner(Protocol):
    """One started runner."""

    async def wait(self) -> int | None:
        """Return when the runner has ended: its exit code, or None where that cannot be known."""
        ...

    async def kill(self) -> None:
        """End the runner and all that it started; harmless when it has ended. Returns when it is gone."""
        ...


class RunnerStarter(Protocol):
    """Starts runners that take their lease with the token given to them, for jobs of one kind of sandbox."""

    async def start(self, token: str, profile: SandboxProfile) -> Runner:
        """Raises `RunnerStartError`."""
        ...

    async def close(self) -> None:
        """Let go of what starting needs, after the last runner is gone."""
        ...
