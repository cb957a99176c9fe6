"""The port behind the tool runtime: a job is submitted, its result awaited, and a job no longer wanted is ended."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from foundation.contracts.tool_job import JobState, ToolJob, ToolResult
from foundation.domain.errors import LockstepError

OnState = Callable[[JobState], Awaitable[None]]
"""Told when the job waits for a place and when it has one."""


class JobRefused(LockstepError):
    """The launcher would not take the job, and would not take it again."""

    code = "job_refused"


class AnswerUnreadable(LockstepError):
    """The launcher speaks another language than this worker: a fault of ours, and no passing one."""

    code = "job_answer_unreadable"


class Launcher(Protocol):
    """Where tools run. A job is known by its id, and belongs to the holder that submitted or joined it last."""

    async def run(self, job: ToolJob, *, on_state: OnState) -> ToolResult:
        """The job's result. A caller that goes away leaves the job running: who holds the step next joins it.

        `SandboxUnavailable` when nothing can be isolated, `DependencyUnavailable` when the launcher does not answer
        or is full, `LeaseLost` when a later holder has joined the job, `JobRefused` for one that it will never take,
        `AnswerUnreadable` for an answer that says nothing.
        """
        ...

    async def cancel(self, job: ToolJob) -> ToolResult | None:
        """Ends the job, unless a later holder of the step has joined it; out of reach it ends by its limits.

        What it gave until then, where the launcher says so.
        """
        ...
