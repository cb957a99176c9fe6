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


def succeeded(job: ToolJob) -> ToolResult:
    """A result that says nothing but that the job went well."""
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
            raise DependencyUnavailable("this launcher is away")
        known = self._jobs.get(job.job_id)
        if known is None or (known.was_cancelled and job.holder > known.holder):
            known = self._start(job)
        else:
            _join(known, job)
        await on_state(JobState.RUNNING)
        return await asyncio.shield(known.result)

    async def cancel(self, job: ToolJob) -> ToolResult | None:
        known = self._jobs.get(job.job_id)
        if self.away or known is None or known.holder > job.holder:
            return None
        if not known.result.done():
            known.result.set_result(
                ToolResult(
                    job_id=job.job_id,
                    status=JobStatus.CANCELLED,
                    reason=JobReason.CANCELLED,
                    ended_at=datetime.now(UTC),
                )
            )
        return known.result.result()

    def end(self, job: ToolJob, result: ToolResult) -> None:
        """The end of a job that was left running."""
        self._jobs[job.job_id].result.set_result(result)

    def _start(self, job: ToolJob) -> _Job:
        result = self.answer(job)
        self.started.append(job)
        made = self._jobs[job.job_id] = _Job(job, job.holder, asyncio.get_running_loop().create_future())
        if result is not None:
            made.result.set_result(result)
        return made


def _join(known: _Job, job: ToolJob) -> None:
    if (known.job.tool, known.job.arguments) != (job.tool, job.arguments):
        raise JobRefused(f"job {job.job_id} is known with other content")
    if not known.result.done():
        if job.holder < known.holder:
            raise LeaseLost("a later holder of the step has joined the job")
        known.holder = job.holder
