"""What the supervisor knows about one process before it starts."""

import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from supervisor.processes.health import Check

Step = Callable[[], Awaitable[None]]


class Group(StrEnum):
    """What can be started apart from the rest: `supervisor up --only ground`."""

    GROUND = "ground"
    SERVICES = "services"


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One row of the table.

    `prepare` runs before each start, `deploy` after each start once `healthy` says yes (so a restarted emulator gets
    its stacks back), `save` before a wanted stop. A process is ready, and what comes `after` it starts, when `deploy`
    has ended.
    """

    name: str
    group: Group
    argv: tuple[str, ...]
    environment: dict[str, str]
    port: int
    port_setting: str
    healthy: Check
    after: tuple[str, ...] = ()
    prepare: Step | None = None
    deploy: Step | None = None
    save: Step | None = None
    # Files whose change makes a running process out of date.
    sources: tuple[Path, ...] = ()
    stop_signal: signal.Signals = signal.SIGTERM
    grace_seconds: float = 15.0
    start_seconds: float = 60.0
    # Values that a change of makes `deploy` run again although the process goes on.
    deployed_from: tuple[Path, ...] = field(default=())
