"""Errors that a command prints."""

from pathlib import Path

_LAST_LINES = 5


class SupervisorError(Exception):
    """Its text is printed as it is, without a traceback."""


class Refused(SupervisorError):
    """The command was refused before it changed anything."""


class StartFailed(SupervisorError):
    """A process did not become ready; the message names its log and quotes the end of what it printed."""

    def __init__(self, name: str, why: str, log: Path, *, output: str = "") -> None:
        last = "".join(f"\n    {line}" for line in output.splitlines()[-_LAST_LINES:])
        super().__init__(f"{name}: {why} (see {log}){last}")


class DeployFailed(SupervisorError):
    """A stack could not be deployed, or LocalStack only pretended to deploy it."""
