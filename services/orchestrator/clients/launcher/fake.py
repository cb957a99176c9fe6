"""A launcher in memory: it answers jobs with what was prepared, and executes nothing."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from foundation.contracts.tool_job import JobHolder, JobReason, JobState, JobStatus, ToolJob, ToolResult
from foundation.domain.errors import DependencyUnavailable, LeaseLost
from orchestrator.clients.launcher.base import JobRefused, OnState


@dataclass(eq=False, slots=True)
class _Job:
    job: ToolJob
    holder: JobHolder
    result: "asyncio.Future[ToolResult]"

    @property
    def was_cancelled(self) -> bool:
        return self.result.done() and self.result.result().status is JobStatus.CANCELLED

    @property
    def may_run_again(self) -> bool:
        """A result that is retryable is not kept: the same job, submitted again, is executed again."""
        return self.result.done() and self.result.result().retryable


def succeeded(job: ToolJob) -> ToolResult:
    """The result of a job that succeeded and had no output."""
    return ToolResult(job_id=job.job_id, status=JobStatus.SUCCEEDED, ended_at=datetime.now(UTC))


@dataclass
class FakeLauncher:
    """`answer` makes the result of a job, or raises why it is refused; None leaves the job running until it is ended.

    `away` makes every call fail as on a launcher that does not answer.
    """

    answer: Callable[[ToolJob], ToolResult | None] = succeeded
    away: bool = False
    started: list[ToolJob] = field(default_factory=list)
    """Each job that was not joined, in order."""
    _jobs: dict[UUID, _Job] = field(default_factory=dict)

    async def run(self, job: ToolJob, *, on_state: OnState) -> ToolResult:
        if self.away:
            raise DependencyUnavailable("the launcher does not answer")
        entry = self._jobs.get(job.job_id)
        if entry is None or entry.may_run_again or (entry.was_cancelled and job.holder > entry.holder):
            entry = self._start(job)
        else:
            _join(entry, job)
        await on_state(JobState.RUNNING)
        return await asyncio.shield(entry.result)

    async def cancel(self, job: ToolJob) -> ToolResult | None:
        entry = self._jobs.get(job.job_id)
        if self.away or entry is None or (entry.holder > job.holder and not entry.result.done()):
            return None
        if not entry.result.done():
            entry.result.set_result(
                ToolResult(
                    job_id=job.job_id,
                    status=JobStatus.CANCELLED,
                    reason=JobReason.CANCELLED,
                    ended_at=datetime.now(UTC),
                )
            )
        return entry.result.result()

    def end(self, job: ToolJob, result: ToolResult) -> None:
        """The end of a job that was left running."""
        self._jobs[job.job_id].result.set_result(result)

    def _start(self, job: ToolJob) -> _Job:
        result = self.answer(job)
        self.started.append(job)
        entry = self._jobs[job.job_id] = _Job(job, job.holder, asyncio.get_running_loop().create_future())
        if result is not None:
            entry.result.set_result(result)
        return entry


def _join(entry: _Job, job: ToolJob) -> None:
    if (entry.job.tool, entry.job.arguments) != (job.tool, job.arguments):
        raise JobRefused(f"job {job.job_id} was submitted before with other content")
    if not entry.result.done():
        if job.holder < entry.holder:
            raise LeaseLost("a later holder of the step has joined the job")
        entry.holder = job.holder
