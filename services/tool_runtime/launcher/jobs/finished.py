"""Results of jobs that ended, kept for a while so that a repeated call gets the same answer."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from foundation.contracts.tool_job import JobHolder, ToolResult
from foundation.domain.ids import JobId


@dataclass(frozen=True, slots=True)
class FinishedJob:
    """A result, the digest of the job that it answers, who held it last, and when it may be forgotten."""

    result: ToolResult
    digest: str
    holder: JobHolder
    size: int
    until: float


@dataclass
class FinishedJobs:
    """Bounded in time and in memory; the oldest goes first."""

    ttl_seconds: float
    max_bytes: int
    clock: Callable[[], float] = time.monotonic
    _kept: OrderedDict[JobId, FinishedJob] = field(default_factory=OrderedDict)
    _bytes: int = 0

    def keep(self, result: ToolResult, digest: str, holder: JobHolder) -> None:
        self._forget(result.job_id)
        size = len(result.model_dump_json())
        self._kept[result.job_id] = FinishedJob(result, digest, holder, size, self.clock() + self.ttl_seconds)
        self._bytes += size
        self._tidy()

    def find(self, job_id: JobId) -> FinishedJob | None:
        self._tidy()
        return self._kept.get(job_id)

    def _tidy(self) -> None:
        while self._kept:
            job_id, oldest = next(iter(self._kept.items()))
            if self._bytes <= self.max_bytes and oldest.until > self.clock():
                return
            self._forget(job_id)

    def _forget(self, job_id: JobId) -> None:
        if known := self._kept.pop(job_id, None):
            self._bytes -= known.size
