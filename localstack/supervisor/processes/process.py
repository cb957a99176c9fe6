"""The description of a process: how it is started, checked and stopped."""

import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from supervisor.processes.health import Check, Words

Step = Callable[[], Awaitable[None]]


class Group(StrEnum):
    """A group of processes that can be started alone, with `supervisor up --only ground`."""

    GROUND = "ground"
    SERVICES = "services"


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process and what is done around its start and its stop.

    `prepare` runs before each start; `deploy` after each start as soon as `healthy` is true, so that a LocalStack that
    was restarted gets its stacks again; `save` before each stop. When `deploy` has ended, the process is ready, and
    those that name it in `after` are started.
    """

    name: str
    group: Group
    argv: tuple[str, ...]
    environment: dict[str, str]
    port: int
    port_setting: str
    healthy: Check
    answer: Words | None = None
    """What it says of itself while it is not ready, for whoever waits in vain."""
    after: tuple[str, ...] = ()
    prepare: Step | None = None
    deploy: Step | None = None
    save: Step | None = None
    # Files whose change makes a running process out of date, so that the next `up` restarts it.
    sources: tuple[Path, ...] = ()
    stop_signal: signal.Signals = signal.SIGTERM
    grace_seconds: float = 15.0
    start_seconds: float = 60.0
    # Files whose change makes the next `up` run `deploy` again, without a restart.
    deployed_from: tuple[Path, ...] = field(default=())
