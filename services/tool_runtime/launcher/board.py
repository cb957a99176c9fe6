"""The jobs that are open: which wait, which run, who waits for their results, and who waits for a job.

One event loop, no locks: every method that changes something does so without awaiting. A job is here from its
submission to its answer, once; a second submission of the same id gets the same answer.
"""

import asyncio
import hashlib
import json
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from foundation.contracts.tool_job import JobReason, JobStatus, ToolJob, ToolResult
from foundation.domain.errors import DependencyUnavailable, IdempotencyConflict, LockstepError, NotFound, QuotaExceeded
from foundation.domain.tools import Effect
from tool_runtime.launcher import metrics
from tool_runtime.launcher.finished import FinishedJobs
from tool_runtime.tools.registry import find_tool

RETRY_AFTER_SECONDS = 2.0


@dataclass(eq=False, slots=True)
class OpenJob:
    """A job without a result yet. `over` is set when its runner should stop: cancelled, or answered without it."""

    job: ToolJob
    digest: str
    answer: asyncio.Future[ToolResult]
    submitted: float = field(default_factory=time.monotonic)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: bool = False
    runner: str | None = None


def digest_of(job: ToolJob) -> str:
    """What makes two submissions the same job; addresses, limits and times may differ, as a later try has less left."""
    content = job.model_dump(mode="json", exclude={"uploads", "limits", "expires_at", "traceparent"})
    for entry in content["inputs"]:
        del entry["url"]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


class JobBoard:
    """Bounded: at most `max_running` jobs run, at most `max_queued` wait."""

    def __init__(self, *, max_running: int, max_queued: int, finished: FinishedJobs) -> None:
        self.max_running = max_running
        self._max_queued = max_queued
        self._finished = finished
        self._open: dict[UUID, OpenJob] = {}
        self._queue: deque[OpenJob] = deque()
        self._running: set[OpenJob] = set()
        self._idle: OrderedDict[str, asyncio.Future[OpenJob]] = OrderedDict()
        self._closed = False
        self.changed = asyncio.Event()

    @property
    def demand(self) -> int:
        """Runners that the open jobs need, as far as they may run at once."""
        return min(len(self._open), self.max_running)

    def submit(self, job: ToolJob) -> asyncio.Future[ToolResult]:
        """The future answer. Raises `IdempotencyConflict`, `QuotaExceeded`, `DependencyUnavailable`."""
        digest = digest_of(job)
        known = self._finished.find(job.job_id) or self._open.get(job.job_id)
        if known is not None and known.digest != digest:
            raise IdempotencyConflict(f"job {job.job_id} is known with other content")
        if isinstance(known, OpenJob):
            return known.answer
        answer: asyncio.Future[ToolResult] = asyncio.get_running_loop().create_future()
        if known is not None:
            answer.set_result(known.result)
            return answer
        if self._closed:
            raise DependencyUnavailable("the launcher is stopping", retry_after=RETRY_AFTER_SECONDS)
        if len(self._open) >= self.max_running + self._max_queued:
            raise QuotaExceeded(f"{len(self._open)} jobs are open", retry_after=RETRY_AFTER_SECONDS)
        answer.add_done_callback(_looked_at)
        entry = OpenJob(job, digest, answer)
        self._open[job.job_id] = entry
        self._queue.append(entry)
        self._hand_out()
        return answer

    def cancel(self, job_id: UUID) -> OpenJob | ToolResult:
        """The open job, told to end, or the result of one that had ended. Raises `NotFound`."""
        if entry := self._open.get(job_id):
            entry.cancelled = True
            entry.over.set()
            if entry.runner is None:
                self._answer_without_runner(
                    entry, JobStatus.CANCELLED, JobReason.CANCELLED, "cancelled", retryable=False
                )
            return entry
        if known := self._finished.find(job_id):
            return known.result
        raise NotFound(f"there is no job {job_id}")

    async def take(self, runner: str, *, seconds: float) -> OpenJob | None:
        """Wait for a job for this runner; None when there was none in time or the runner is gone."""
        self.forget_idle(runner)
        waiting: asyncio.Future[OpenJob] = asyncio.get_running_loop().create_future()
        if self._closed:
            return None
        self._idle[runner] = waiting
        self._hand_out()
        await asyncio.wait({waiting}, timeout=seconds)
        if self._idle.get(runner) is waiting:
            del self._idle[runner]
        return waiting.result() if waiting.done() and not waiting.cancelled() else None

    def forget_idle(self, runner: str) -> None:
        """A runner that waited will not come back for the answer."""
        if waiting := self._idle.pop(runner, None):
            waiting.cancel()

    def finish(self, entry: OpenJob, result: ToolResult) -> None:
        """Record and hand out a result, once; what may run again is not remembered."""
        if self._open.get(result.job_id) is not entry:
            return
        del self._open[result.job_id]
        self._running.discard(entry)
        if entry in self._queue:
            self._queue.remove(entry)
        if not result.retryable:
            self._finished.keep(result, entry.digest)
        metrics.JOBS.labels(entry.job.tool, result.status, result.reason or "").inc()
        metrics.JOB_DURATION.labels(entry.job.tool).observe(time.monotonic() - entry.submitted)
        entry.over.set()
        if not entry.answer.done():
            entry.answer.set_result(result)
        self._hand_out()

    def lose(self, entry: OpenJob, detail: str) -> None:
        """The runner of a job is gone and will hand nothing in."""
        metrics.RUNNERS_LOST.inc()
        if entry.cancelled:
            self._answer_without_runner(entry, JobStatus.CANCELLED, JobReason.CANCELLED, "cancelled", retryable=False)
            return
        may_rerun = find_tool(entry.job.tool).spec.effect is not Effect.ONCE
        self._answer_without_runner(entry, JobStatus.FAILED, JobReason.RUNNER_LOST, detail, retryable=may_rerun)

    def refuse_waiting(self, make_error: Callable[[], LockstepError]) -> None:
        """Answer every job that no runner has with an error."""
        for entry in [entry for entry in self._open.values() if entry.runner is None]:
            self._refuse(entry, make_error())
        self._hand_out()

    def close(self) -> None:
        """Answer everything with an error that may be retried; give out nothing more."""
        self._closed = True
        for entry in list(self._open.values()):
            self._refuse(entry, DependencyUnavailable("the launcher is stopping", retry_after=RETRY_AFTER_SECONDS))
        for runner in list(self._idle):
            self.forget_idle(runner)

    def _refuse(self, entry: OpenJob, error: LockstepError) -> None:
        del self._open[entry.job.job_id]
        self._running.discard(entry)
        if entry in self._queue:
            self._queue.remove(entry)
        entry.over.set()
        if not entry.answer.done():
            entry.answer.set_exception(error)

    def _hand_out(self) -> None:
        while self._queue and self._idle and len(self._running) < self.max_running:
            entry = self._queue.popleft()
            if entry.job.expires_at <= datetime.now(UTC):
                detail = "its presigned addresses lapsed before a runner was free"
                self._answer_without_runner(entry, JobStatus.FAILED, JobReason.JOB_EXPIRED, detail, retryable=True)
                return
            entry.runner, waiting = self._idle.popitem(last=False)
            self._running.add(entry)
            waiting.set_result(entry)
        metrics.QUEUED.set(len(self._queue))
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
            ended_at=datetime.now(UTC),
        )
        self.finish(entry, result)


def _looked_at(answer: asyncio.Future[ToolResult]) -> None:
    """An answer that nobody awaits any more is no error."""
    if not answer.cancelled():
        answer.exception()
