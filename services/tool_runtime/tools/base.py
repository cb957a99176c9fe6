"""What a tool is on this side: how the arguments of its specification become a command in the sandbox."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from foundation.contracts.tools.contract import ToolContract
from tool_runtime.sandbox.frames import PROXY_ADDRESS
from tool_runtime.sandbox.profiles import OURS, our_python

_PROXY = "http://{}:{}".format(*PROXY_ADDRESS)
# Clients read one case or the other. What a job serves to itself needs no proxy.
_WAY_OUT = {"HTTP_PROXY": _PROXY, "HTTPS_PROXY": _PROXY, "NO_PROXY": "localhost,127.0.0.1,::1"}

_TMP = "/tmp"  # noqa: S108  (inside the sandbox)

# Built from nothing: no variable of the runner reaches a job.
BASE_ENVIRONMENT = {
    **_WAY_OUT,
    **{name.lower(): value for name, value in _WAY_OUT.items()},
    "PATH": "/usr/bin:/bin",
    "HOME": _TMP,
    "TMPDIR": _TMP,
    "LANG": "C.UTF-8",
    "TZ": "UTC",
}


def our_program(name: str, *, packages: str | None = None) -> tuple[str, ...]:
    """The command that runs a program of `tool_runtime.tools.programs`, which lies compiled in every sandbox.

    `packages` is the folder of those that it imports besides the standard library.
    """
    paths = (OURS, packages) if packages else (OURS,)
    return our_python(f"from tool_runtime.tools.programs.{name} import main; sys.exit(main())", "-B", "-u", paths=paths)


SAYING_SECONDS = 3
"""Beyond the time of a call, for a program of ours that has used it up to write its result."""


@dataclass(frozen=True, slots=True)
class ModelCalls:
    """Which model a call may call, and how often."""

    model: str
    most: int


@dataclass(frozen=True, slots=True)
class Invocation:
    """A command inside the sandbox. Paths of `files` are below `/work`. `wall_seconds` None: the job's limit alone.

    `models` is what it may call of models, where its tool does at all. `seconds_in` is the variable in which the
    program finds how many seconds it has.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str]
    files: tuple[tuple[str, bytes], ...]
    wall_seconds: int | None = None
    models: ModelCalls | None = None
    seconds_in: str | None = None

    def ended_after(self, seconds: int) -> int:
        """After how many seconds its box ends a call that may take so many.

        A program that knows its time says itself what came of it, however late a busy machine lets it begin.
        """
        return seconds if self.seconds_in is None else seconds + SAYING_SECONDS


@dataclass(frozen=True, slots=True)
class Repeats:
    """Whether what a call does may be done again while it runs, and the key by which its other side knows it again."""

    allowed: bool
    key: str | None = None


NO_REPEATS = Repeats(allowed=False)


class SandboxTool(Protocol):
    """One tool; stateless."""

    @property
    def spec(self) -> ToolContract:
        """Its name, its effect and its arguments, as the rest of the platform knows them."""
        ...

    def invocation(self, arguments: Mapping[str, Any], *, repeats: Repeats = NO_REPEATS) -> Invocation:
        """Raises pydantic's `ValidationError` on arguments that the tool does not take."""
        ...
