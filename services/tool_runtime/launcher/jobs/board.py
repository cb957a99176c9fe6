"""The jobs that are open: which wait, which run, who waits for their results, and who waits for a job.

One event loop, no locks: every method that changes something does so without awaiting. A job is here from its
submission to its answer, once; a second submission of the same id gets the same answer.
"""

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from foundation.contracts.tool_job import JobHolder, JobReason, JobStatus, ToolJob, ToolResult
from foundation.domain.errors import (
    DependencyUnavailable,
    IdempotencyConflict,
    LeaseLost,
    LockstepError,
    NotFound,
    QuotaExceeded,
)
from foundation.domain.ids import JobId
from foundation.domain.tools import SandboxProfile, ToolEffect
from tool_runtime.launcher import metrics
from tool_runtime.launcher.jobs.arrivals import Arrivals
from tool_runtime.launcher.jobs.finished import FinishedJob, FinishedJobs
from tool_runtime.launcher.jobs.free_places import FreePlaces
from tool_runtime.launcher.jobs.open_jobs import OpenJob
from tool_runtime.launcher.jobs.places import WHOLE
from tool_runtime.launcher.jobs.waiting import WaitingJobs
from tool_runtime.tools.registry import find_tool

RETRY_AFTER_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class _Idle:
    """A runner that waits: for jobs of which kind, and the job once it gets one."""

    profile: SandboxProfile
    job: "asyncio.Future[OpenJob]"


class JobBoard:
    """Bounded: `max_running` places are taken at most; `max_queued` jobs of one tenant wait, `max_waiting` of all.

    A light job takes half a place, a heavy one takes two; one that needs more than there are has all of them. Beside
    them there is one place for tenants that have no job running, so that one whose jobs hang keeps nobody waiting.

    A tenant's first job is taken even when the others fill the board, so that none can close it to all.
    """

    def __init__(
        self, *, max_running: int, max_queued: int, finished: FinishedJobs, max_waiting: int | None = None
    ) -> None:
        self.max_running = max_running
        self._shares = max_running * WHOLE
        self._max_queued = max_queued
        self._max_waiting = max_queued if max_waiting is None else max_waiting
        self._finished = finished
        self._open: dict[UUID, OpenJob] = {}
        self._waiting = WaitingJobs()
        self._running: set[OpenJob] = set()
        self._idle: OrderedDict[str, _Idle] = OrderedDict()
        self.arrivals = {profile: Arrivals() for profile in SandboxProfile}
        self._closed = False
        self.changed = asyncio.Event()

    @property
    def demand(self) -> Counter[SandboxProfile]:
        """Runners of each kind that the open jobs need, as far as they may run at once."""
        needed, free, is_full = Counter[SandboxProfile](), FreePlaces(self._shares), False
        for entry in sorted(self._open.values(), key=lambda entry: entry.runner is None):
            is_first = free.is_first(entry)
            if entry.runner is None and not (free.has_place_for(entry) and (is_first or not is_full)):
                is_full = True
                continue
            free.take(entry)
            needed[entry.profile] += 1
        return needed

    def submit(self, job: ToolJob) -> OpenJob | ToolResult:
        """The open job, new or joined, or the result of one that had ended.

        Raises `IdempotencyConflict`, `LeaseLost` (a later holder has it), `QuotaExceeded`, `DependencyUnavailable`, and
        `NotFound` for one that is to be joined only, where that would start it.
        """
        digest = job.content_digest()
        known = self._finished.find(job.job_id) or self._open.get(job.job_id)
        if known is not None and known.digest != digest:
            remedy = "submit other content under another id"
            raise IdempotencyConflict(f"job {job.job_id} is known with other content", remedy=remedy)
        if isinstance(known, OpenJob):
            return self._joined(known, job)
        if known is not None and not _may_run_again(known, job.holder):
            return known.result
        if job.join_only:
            raise _unknown(job.job_id)
        self._refuse_when_full(job)
        entry = OpenJob(job, digest)
        self._open[job.job_id] = entry
        self._waiting.add(entry)
        self.arrivals[entry.profile].note()
        self._hand_out()
        return entry

    def cancel(self, job_id: JobId, holder: JobHolder) -> OpenJob | ToolResult:
        """The open job, told to end, or the result of one that had ended.

        Raises `NotFound`, and `LeaseLost` where a later holder has joined: the job is that holder's, and goes on.
        """
        if entry := self._open.get(job_id):
            if (entry.successor or entry).holder > holder:
                raise LeaseLost("a later holder of the step has joined the job; it goes on")
            entry.cancelled = True
            entry.over.set()
            if entry.runner is None:
                self._answer_without_runner(
                    entry, JobStatus.CANCELLED, JobReason.CANCELLED, "cancelled", retryable=False
                )
            return entry
        if known := self._finished.find(job_id):
            return known.result
        raise _unknown(job_id)

    def renew(self, job_id: JobId, holder: JobHolder, run_token: str) -> None:
        """A new run token for an open job. Raises `NotFound`, and `LeaseLost` where a later holder has joined."""
        entry = self._open.get(job_id)
        if entry is None:
            raise _unknown(job_id)
        latest = entry.successor or entry
        if latest.holder > holder:
            raise LeaseLost("a later holder of the step has joined the job")
        latest.run_token = run_token

    async def take(self, runner: str, profile: SandboxProfile, *, seconds: float) -> OpenJob | None:
        """Wait for a job for this runner of this kind; None when there was none in time or the runner is gone."""
        self.forget_idle(runner)
        waiting: asyncio.Future[OpenJob] = asyncio.get_running_loop().create_future()
        if self._closed:
            return None
        idle = self._idle[runner] = _Idle(profile, waiting)
        self._hand_out()
        await asyncio.wait({waiting}, timeout=seconds)
        if self._idle.get(runner) is idle:
            del self._idle[runner]
        return waiting.result() if waiting.done() and not waiting.cancelled() else None

    def is_idle(self, runner: str) -> bool:
        """Whether the runner waits for a job."""
        return runner in self._idle

    def forget_idle(self, runner: str) -> None:
        """A runner that waited will not come back for the answer."""
        if idle := self._idle.pop(runner, None):
            idle.job.cancel()

    def finish(self, entry: OpenJob, result: ToolResult) -> None:
        """Record and hand out a result, once; what may run again is not remembered."""
        if self._open.get(result.job_id) is not entry:
            return
        self._remove(entry)
        if not result.retryable:
            self._finished.keep(result, entry.digest, entry.holder)
        metrics.JOBS.labels(entry.job.tool, result.status, result.reason or "").inc()
        metrics.JOB_DURATION.labels(entry.job.tool).observe(time.monotonic() - entry.submitted)
        entry.over.set()
        if not entry.answer.done():
            entry.answer.set_result(result)
        if entry.successor is not None:
            self._succeed(entry.successor, result)
        self._hand_out()

    def lose(self, entry: OpenJob, detail: str) -> None:
        """The runner of a job is gone and will hand nothing in."""
        metrics.RUNNERS_LOST.inc()
        if entry.cancelled:
            self._answer_without_runner(entry, JobStatus.CANCELLED, JobReason.CANCELLED, "cancelled", retryable=False)
            return
        may_rerun = (entry.job.effect or find_tool(entry.job.tool).spec.effect) is not ToolEffect.ONCE
        self._answer_without_runner(entry, JobStatus.FAILED, JobReason.RUNNER_LOST, detail, retryable=may_rerun)

    def fail(self, entry: OpenJob, reason: JobReason, detail: str) -> None:
        """Answer a job that was not begun, because it never can be."""
        self._answer_without_runner(entry, JobStatus.FAILED, reason, detail, retryable=False)

    def refuse_waiting(self, profile: SandboxProfile, make_error: Callable[[], LockstepError]) -> None:
        """Answer every job of this kind that no runner has with an error."""
        for entry in [entry for entry in self._open.values() if entry.runner is None and entry.profile is profile]:
            self._refuse(entry, make_error())
        self._hand_out()

    def close(self) -> None:
        """Answer everything with an error that may be retried; give out nothing more."""
        self._closed = True
        for entry in list(self._open.values()):
            self._refuse(entry, DependencyUnavailable("the launcher is stopping", retry_after=RETRY_AFTER_SECONDS))
        for runner in list(self._idle):
            self.forget_idle(runner)

    def _joined(self, entry: OpenJob, job: ToolJob) -> OpenJob:
        """The job as its latest holder has it; one that is being ended runs again for a later holder."""
        latest = entry.successor or entry
        if job.holder < latest.holder:
            raise LeaseLost("a later holder of the step has joined the job")
        if latest.cancelled and job.holder > latest.holder:
            if job.join_only:
                raise _unknown(job.job_id)
            entry.successor = OpenJob(job, entry.digest)
            return entry.successor
        latest.holder = job.holder
        if job.models is not None:
            latest.run_token = job.models.run_token
        return latest

    def _refuse_when_full(self, job: ToolJob) -> None:
        if self._closed:
            raise DependencyUnavailable("the launcher is stopping", retry_after=RETRY_AFTER_SECONDS)
        of_tenant = sum(entry.job.tenant_id == job.tenant_id for entry in self._open.values())
        if of_tenant >= self.max_running + self._max_queued:
            raise QuotaExceeded(f"{of_tenant} jobs of this tenant are open", retry_after=RETRY_AFTER_SECONDS)
        if of_tenant and len(self._open) >= self.max_running + self._max_waiting:
            raise QuotaExceeded(f"{len(self._open)} jobs are open", retry_after=RETRY_AFTER_SECONDS)

    def _succeed(self, successor: OpenJob, result: ToolResult) -> None:
        """A cancelled job has ended, and a later holder wants it: it runs again, unless it had ended well after all."""
        if result.status is not JobStatus.CANCELLED and not result.retryable:
            successor.answer.set_result(result)
            return
        self._open[successor.job.job_id] = successor
        self._waiting.add(successor)

    def _refuse(self, entry: OpenJob, error: LockstepError) -> None:
        self._remove(entry)
        entry.over.set()
        for one in (entry, entry.successor):
            if one is not None and not one.answer.done():
                one.answer.set_exception(error)

    def _remove(self, entry: OpenJob) -> None:
        del self._open[entry.job.job_id]
        self._running.discard(entry)
        self._waiting.discard(entry)

    def _hand_out(self) -> None:
        free = FreePlaces(self._shares, self._running)
        while (entry := self._waiting.first(self._running, {idle.profile for idle in self._idle.values()})) is not None:
            # Smaller jobs behind one that does not fit yet wait with it, or its room would never come together.
            if not free.has_place_for(entry):
                break
            self._waiting.take(entry)
            if entry.job.expires_at <= datetime.now(UTC):
                detail = "its presigned addresses lapsed before a runner was free"
                self._answer_without_runner(entry, JobStatus.FAILED, JobReason.JOB_EXPIRED, detail, retryable=True)
                return
            entry.runner = next(name for name, idle in self._idle.items() if idle.profile is entry.profile)
            free.take(entry)
            self._running.add(entry)
            entry.taken.set()
            self._idle.pop(entry.runner).job.set_result(entry)
        metrics.QUEUED.set(len(self._waiting))
        metrics.RUNNING.set(len(self._running))
        self.changed.set()

    def _answer_without_runner(
        self, entry: OpenJob, status: JobStatus, reason: JobReason, detail: str, *, retryable: bool
    ) -> None:
        result = ToolResult(
            job_id=entry.job.job_id,
            status=status,
            reason=reason,
            detail=detail,
            retryable=retryable,
            egress=entry.asked(),
            ended_at=datetime.now(UTC),
        )
        self.finish(entry, result)


def _unknown(job_id: JobId) -> NotFound:
    return NotFound(f"there is no job {job_id}")


def _may_run_again(known: FinishedJob, holder: JobHolder) -> bool:
    """A job that its holder cancelled has no result for a later holder of the step."""
    return known.result.status is JobStatus.CANCELLED and holder > known.holder
