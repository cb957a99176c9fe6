"""What a tool is: a name, what its effect is worth, and how its arguments become a command in the sandbox."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

# Built from nothing: no variable of the runner reaches a job.
BASE_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "TMPDIR": "/tmp", "LANG": "C.UTF-8", "TZ": "UTC"}  # noqa: S108


class Effect(StrEnum):
    """What running a job twice would mean."""

    PURE = "pure"  # nothing: it may rerun
    KEYED = "keyed"  # nothing: its effect carries our key, and the other side knows it
    ONCE = "once"  # a second effect: if the outcome is unknown, a person decides


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command inside the sandbox. Paths of `files` are below `/work`. `wall_seconds` None: the job's limit alone."""

    argv: tuple[str, ...]
    env: Mapping[str, str]
    files: tuple[tuple[str, bytes], ...]
    wall_seconds: int | None = None


class Tool(Protocol):
    """One tool; stateless."""

    @property
    def name(self) -> str: ...

    @property
    def effect(self) -> Effect: ...

    def invocation(self, arguments: Mapping[str, Any]) -> Invocation:
        """Raises pydantic's `ValidationError` on arguments that the tool does not take."""
        ...
