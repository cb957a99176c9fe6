"""The port behind the tool runtime: a job is submitted, its result awaited, and a job no longer wanted is ended."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from foundation.contracts.tool_job import JobState, ToolJob, ToolResult
from foundation.domain.errors import DependencyUnavailable, LockstepError
from orchestrator.clients.not_reached import NotReached

OnState = Callable[[JobState], Awaitable[None]]
"""Called when the job starts to wait for a slot, and when it has one."""

OnLines = Callable[[Sequence[str], int], Awaitable[None]]
"""Called with lines that the job has printed, and with how many before them are left out."""


class JobRefused(LockstepError):
    """The launcher refuses the job for good: it would refuse the same job again."""

    code = "job_refused"


class JobUnknown(LockstepError):
    """The launcher does not know the job, which was to be joined only."""

    code = "job_unknown"


class JobNotTaken(DependencyUnavailable):
    """The launcher has not taken the job now, or was not reached at all: this submission has started nothing."""


class LauncherNotReached(JobNotTaken, NotReached):
    """No connection to the launcher could be made."""


class AnswerUnreadable(LockstepError):
    """The launcher's answer does not parse. The two services disagree about its format, which no retry changes."""

    code = "job_answer_unreadable"


class Launcher(Protocol):
    """Where tools run. A job is known by its id, and belongs to the holder that submitted or joined it last."""

    async def run(self, job: ToolJob, *, on_state: OnState, on_lines: OnLines | None = None) -> ToolResult:
        """The job's result. A caller that is cancelled leaves the job running, and the step's next holder joins it.

        `SandboxUnavailable` when nothing can be isolated, `DependencyUnavailable` when the launcher does not answer
        or is full (`JobNotTaken` where it is certain that this has started nothing), `JobUnknown` for a job that was to
        be joined only, `LeaseLost` when a later holder has joined the job, `JobRefused` for one that it will never
        take, `AnswerUnreadable` for an answer that does not parse.
        """
        ...

    async def renew(self, job: ToolJob, run_token: str) -> bool:
        """Hands in a new run token for the job's calls of models; false when nobody has it who could use one."""
        ...

    async def cancel(self, job: ToolJob) -> ToolResult | None:
        """Ends the job, unless a later holder of the step has joined it; returns what the job gave until then.

        None when the launcher does not answer or has no result. A job that cannot be reached ends by its own limits.
        """
        ...
