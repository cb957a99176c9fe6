"""What the supervisor says when it cannot do what was asked."""

from pathlib import Path

_LAST_LINES = 5


class SupervisorError(Exception):
    """Shown to the person as it is, without a traceback."""


class Refused(SupervisorError):
    """Nothing was changed."""


class StartFailed(SupervisorError):
    def __init__(self, name: str, why: str, log: Path, *, said: str = "") -> None:
        last = "".join(f"\n    {line}" for line in said.splitlines()[-_LAST_LINES:])
        super().__init__(f"{name}: {why} (see {log}){last}")


class DeployFailed(SupervisorError):
    """A stack could not be deployed, or LocalStack only pretended to."""
