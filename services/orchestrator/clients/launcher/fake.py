"""A launcher in memory: it answers jobs with what was prepared, and executes nothing."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from foundation.contracts.tool_job import JobHolder, JobReason, JobState, JobStatus, ToolJob, ToolResult
from foundation.domain.errors import DependencyUnavailable, LeaseLost, SandboxUnavailable
from orchestrator.clients.launcher.base import JobRefused, JobUnknown, OnLines, OnState


@dataclass(eq=False, slots=True)
class _Job:
    job: ToolJob
    holder: JobHolder
    prepared: ToolResult | None
    result: "asyncio.Future[ToolResult]"
    runs: bool = False

    def run(self) -> None:
        self.runs = True
        if self.prepared is not None and not self.result.done():
            self.result.set_result(self.prepared)

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

    `away` makes every call fail as on a launcher that does not answer, `no_sandbox` every job as where nothing can be
    isolated. `max_running` jobs run at once, the next ones wait.
    """

    answer: Callable[[ToolJob], ToolResult | None] = succeeded
    away: bool = False
    no_sandbox: bool = False
    max_running: int = 4
    started: list[ToolJob] = field(default_factory=list)
    """Each job that was not joined, in order."""
    prints: tuple[str, ...] = ()
    """Lines that every job tells when it begins."""
    renewed: list[str] = field(default_factory=list)
    """The run tokens that were handed in after those of the jobs."""
    _jobs: dict[UUID, _Job] = field(default_factory=dict)

    async def run(self, job: ToolJob, *, on_state: OnState, on_lines: OnLines | None = None) -> ToolResult:
        if self.away:
            raise DependencyUnavailable("the launcher does not answer")
        if self.no_sandbox:
            raise SandboxUnavailable("no sandbox can be built")
        entry = self._jobs.get(job.job_id)
        if entry is None or entry.may_run_again or (entry.was_cancelled and job.holder > entry.holder):
            if job.join_only:
                raise JobUnknown(f"job {job.job_id} is not known")
            entry = self._start(job)
        else:
            _join(entry, job)
        if entry.result.done():
            return entry.result.result()
        if not entry.runs and not self._has_room():
            await on_state(JobState.WAITING)
            await self._until_there_is_room(entry)
        if not entry.result.done():
            await on_state(JobState.RUNNING)
            if self.prints and on_lines is not None:
                await on_lines(self.prints, 0)
            entry.run()
        return await asyncio.shield(entry.result)

    async def renew(self, job: ToolJob, run_token: str) -> bool:
        entry = self._jobs.get(job.job_id)
        if self.away or entry is None or entry.result.done() or entry.holder > job.holder:
            return False
        self.renewed.append(run_token)
        return True

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

    def _has_room(self) -> bool:
        return len(self._running()) < self.max_running

    def _running(self) -> "list[asyncio.Future[ToolResult]]":
        return [entry.result for entry in self._jobs.values() if entry.runs and not entry.result.done()]

    async def _until_there_is_room(self, waiting: _Job) -> None:
        """Returns also when the waiting job itself has been ended."""
        while not (waiting.result.done() or waiting.runs or self._has_room()):
            await asyncio.wait({waiting.result, *self._running()}, return_when=asyncio.FIRST_COMPLETED)

    def end(self, job: ToolJob, result: ToolResult) -> None:
        """The end of a job that was left running."""
        self._jobs[job.job_id].result.set_result(result)

    def _start(self, job: ToolJob) -> _Job:
        prepared = self.answer(job)
        self.started.append(job)
        entry = self._jobs[job.job_id] = _Job(job, job.holder, prepared, asyncio.get_running_loop().create_future())
        return entry


def _join(entry: _Job, job: ToolJob) -> None:
    if entry.job.content_digest() != job.content_digest():
        raise JobRefused(f"job {job.job_id} was submitted before with other content")
    if not entry.result.done():
        if job.holder < entry.holder:
            raise LeaseLost("a later holder of the step has joined the job")
        entry.holder = job.holder
