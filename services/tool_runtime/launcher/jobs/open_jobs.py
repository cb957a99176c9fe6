"""One job that has no result yet."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Optional

from foundation.contracts.egress.records import EgressReport
from foundation.contracts.tool_job import JobHolder, ToolJob, ToolResult
from foundation.domain.tools import SandboxProfile
from tool_runtime.launcher.jobs.places import SHARES
from tool_runtime.launcher.jobs.said import Said
from tool_runtime.tools.registry import find_tool


def _answer() -> "asyncio.Future[ToolResult]":
    future: asyncio.Future[ToolResult] = asyncio.get_running_loop().create_future()
    future.add_done_callback(_retrieve_exception)
    return future


@dataclass(eq=False, slots=True)
class OpenJob:
    """A job without a result yet.

    `taken` is set when a runner has it, `over` when that runner should stop: cancelled, or answered without it.
    `holder` is the latest that submitted it; `successor` is the same job once more, for a holder that came after the
    cancel. `shares` is what it takes of the launcher's places, `profile` the kind
    of runner that can run it. `run_token` is the one that its latest holder handed in, `said` what it has printed,
    `asked` what its egress service has told of it, where it leaves by one.
    """

    job: ToolJob
    digest: str
    answer: "asyncio.Future[ToolResult]" = field(default_factory=_answer)
    submitted: float = field(default_factory=time.monotonic)
    taken: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: bool = False
    runner: str | None = None
    holder: JobHolder = field(init=False)
    shares: int = field(init=False)
    profile: SandboxProfile = field(init=False)
    run_token: str | None = field(init=False, repr=False)
    said: Said = field(default_factory=Said)
    asked: Callable[[], EgressReport] = EgressReport
    successor: Optional["OpenJob"] = None

    def __post_init__(self) -> None:
        self.holder = self.job.holder
        self.run_token = None if self.job.models is None else self.job.models.run_token
        tool = find_tool(self.job.tool).spec
        self.shares, self.profile = SHARES[tool.cost], tool.profile


def _retrieve_exception(answer: "asyncio.Future[ToolResult]") -> None:
    """Marks the exception as seen: asyncio would log one that nobody awaited, and a caller may leave before the end."""
    if not answer.cancelled():
        answer.exception()
