"""What an agent is to the program around it: a command, and a reader of the lines that it writes."""

import pathlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tool_runtime.tools.programs.results import clean

NODE = "/opt/node/bin/node"
HOME = pathlib.Path("/tmp/home")  # noqa: S108  (inside the sandbox)

Told = Mapping[str, Any]


@dataclass
class Heard:
    """What the agent has said so far; `failure` is why it did not finish, in its own words."""

    answer: str | None = None
    failure: str | None = None
    has_ended: bool = False
    lines: list[str] = field(default_factory=list)
    """For people who watch, since they were taken last."""

    def take_lines(self) -> list[str]:
        taken, self.lines = self.lines, []
        return taken


@dataclass(frozen=True)
class Start:
    """How an agent is started: its program, arguments and environment, and what it reads."""

    program: pathlib.Path
    arguments: tuple[str, ...]
    env: dict[str, str]
    given: str


def short(value: object, most: int = 300) -> str:
    """A text on one line, as people read it while the agent works."""
    text = clean(" ".join(str(value).split()))
    return text if len(text) <= most else text[: most - 4] + " […]"


def text_of(value: object) -> str:
    return value if isinstance(value, str) else ""


def items_of(value: object) -> list[dict[str, Any]]:
    """The objects of a list; what an agent writes may be anything."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
