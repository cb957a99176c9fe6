"""The messages between a worker and the tool runtime: jobs, their progress and their results.

The worker posts a `ToolJob` to the launcher with a service token (aud=tool_runtime) and awaits a `ToolResult`. A job
is known by its id: the same id in flight joins the first, finished a while ago it gets the same result, and with other
content it is a conflict. Presigned addresses and limits may differ between two submissions of one job.
It belongs to the holder that submitted or joined it last: a cancel names its own generation and fence, and is refused
(409 `stale_lease`) once a later holder of the step has joined.
A domain failure (the code raised, a limit was met) is a result, not an error of the call.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from foundation.contracts.accepted.content_types import ContentType
from foundation.contracts.accepted.digests import Sha256
from foundation.contracts.accepted.file_names import FileName, HttpUrl, names_in_each_others_way
from foundation.contracts.accepted.sentences import WrittenAs
from foundation.contracts.egress.policy import NetworkPolicy
from foundation.contracts.egress.records import EgressReport
from foundation.contracts.gateway.job_access import ModelGrant
from foundation.contracts.job_spans import MOST_SPANS, JobSpan
from foundation.contracts.message import Message
from foundation.domain.errors import SandboxUnavailable
from foundation.domain.ids import JobId, RunId, StepId, TenantId
from foundation.domain.tools import ToolEffect

MIB = 1024 * 1024
KEPT_FIRST = KEPT_LAST = 16 * 1024
"""Bytes that are kept of the beginning and of the end of a stream."""
WORKSPACE_TYPE = "application/vnd.lockstep.workspace+gzip"
"""The type of what one call keeps for the next; no file that a job leaves is given it by its content."""
RESULT_BYTES = 256 * 1024
_Tool = Annotated[str, WrittenAs(r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$", "a tool is needed, as in code.python")]


class JobInput(Message):
    """A file staged at `/work/in/<name>`: an exact-key presigned GET, checked against size and digest."""

    name: FileName
    url: HttpUrl
    size: int = Field(ge=0, le=128 * MIB)
    sha256: Sha256


class UploadSlot(Message):
    """Room for one artifact: a presigned POST whose policy names one exact key. Its fields are sent unchanged."""

    index: int = Field(ge=0, lt=1000)
    url: HttpUrl
    fields: dict[str, str]


class WorkspaceLimits(Message):
    """Bounds of a workspace: its files and folders, their bytes, and the bytes of its archive."""

    entries: int = Field(default=20_000, ge=1, le=40_000)
    bytes: int = Field(default=192 * MIB, ge=1, le=192 * MIB)
    archive: int = Field(default=64 * MIB, ge=1, le=64 * MIB)


class JobWorkspace(Message):
    """The files below `/work` that go on to later jobs: what this one begins with, and where it leaves what it has."""

    taken: JobInput | None = None
    upload: UploadSlot
    limits: WorkspaceLimits = WorkspaceLimits()


_OF_ONE_SUBMISSION = {
    *("uploads", "limits", "network", "models", "effect", "expires_at", "traceparent"),
    *("generation", "fence", "join_only"),
}


class JobLimits(Message):
    """Bounds of one job; what passes one is killed (memory, processes, output) or left out (artifacts)."""

    wall_seconds: int = Field(default=60, ge=1, le=3600)
    cpu_seconds: int = Field(default=60, ge=1, le=3600)
    memory_mb: int = Field(default=2048, ge=64, le=16384)
    processes: int = Field(default=128, ge=1, le=512, description="Processes and threads together.")
    output_bytes: int = Field(
        default=64 * MIB,
        ge=1024,
        le=1024 * MIB,
        description="stdout and stderr together; the first and the last 16 KiB of each are kept.",
    )
    artifact_bytes: int = Field(default=64 * MIB, ge=0, le=256 * MIB, description="All artifacts together.")
    artifact_count: int = Field(default=100, ge=0, le=1000)


@dataclass(frozen=True, slots=True, order=True)
class JobHolder:
    """The holder that submits a job. Of two holders the one with the later generation, then the higher fence, wins."""

    generation: int
    fence: int


class ToolJob(Message):
    """One call of one tool, with everything that it needs and nothing that it could misuse."""

    v: Literal[1] = 1
    job_id: JobId
    tenant_id: TenantId
    run_id: RunId
    step_id: StepId
    generation: int = Field(ge=1, description="The run's generation in which the step is held.")
    fence: int = Field(ge=0, description="The step's fence; it rises with every holder.")
    tool: _Tool = Field(max_length=100)
    arguments: dict[str, Any] = Field(default_factory=dict)
    inputs: tuple[JobInput, ...] = Field(default=(), max_length=100)
    uploads: tuple[UploadSlot, ...] = Field(default=(), max_length=1000)
    workspace: JobWorkspace | None = None
    limits: JobLimits = JobLimits()
    network: NetworkPolicy = Field(default=NetworkPolicy(), description="What it may reach; nothing by default.")
    models: ModelGrant | None = Field(default=None, description="With what it calls models, where its tool does.")
    effect: ToolEffect | None = Field(default=None, description="What running it twice would mean, if not the tool's.")
    traceparent: str | None = Field(default=None, max_length=100)
    join_only: bool = Field(default=False, description="It is not started; who knows it answers, anybody else 404.")
    expires_at: AwareDatetime = Field(
        description="When the presigned addresses lapse; the job is not started after it."
    )

    @property
    def holder(self) -> JobHolder:
        """The holder to whom the job belongs until a later one submits it too."""
        return JobHolder(self.generation, self.fence)

    def content_digest(self) -> str:
        """SHA-256 (hex) of what two submissions of one job have in common.

        Addresses, limits and times may differ, as a later try has less left, and so may who holds the step, and what
        its tenant's policy lets it reach by then.
        """
        content = self.model_dump(mode="json", exclude=_OF_ONE_SUBMISSION)
        workspace = content.pop("workspace")
        if workspace is not None:
            content["workspace"] = {"taken": workspace["taken"] and workspace["taken"]["sha256"]}
        for entry in content["inputs"]:
            del entry["url"]
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    @model_validator(mode="after")
    def _no_ambiguity(self) -> Self:
        if clash := names_in_each_others_way(entry.name for entry in self.inputs):
            raise ValueError(f"two inputs cannot lie beside each other: {' and '.join(clash)}")
        if sum(entry.size for entry in self.inputs) > 128 * MIB:
            raise ValueError("the inputs are larger than 128 MiB together")
        if len({slot.index for slot in self.uploads}) != len(self.uploads):
            raise ValueError("two upload slots have one index")
        return self


class JobStatus(StrEnum):
    """How a job ended: SUCCEEDED and FAILED by the program itself, the others by what stopped it."""

    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    TIMED_OUT = "TIMED_OUT"
    KILLED = "KILLED"
    CANCELLED = "CANCELLED"


class JobReason(StrEnum):
    """Why a job did not succeed; `detail` explains it to people."""

    EXIT_CODE = "exit_code"
    SIGNAL = "signal"
    WALL_TIME = "wall_time"
    CPU_TIME = "cpu_time"
    MEMORY = "memory"
    INODES = "inodes"
    SOCKETS = "sockets"
    OUTPUT = "output"
    HOST_MEMORY = "host_memory"
    PROTOCOL = "protocol"
    CANCELLED = "cancelled"
    INPUT_UNAVAILABLE = "input_unavailable"
    INPUT_MISMATCH = "input_mismatch"
    UPLOAD_FAILED = "upload_failed"
    SECRET_UNAVAILABLE = "secret_unavailable"  # noqa: S105  (a reason, no secret)
    MODELS_UNAVAILABLE = "models_unavailable"
    SANDBOX_UNAVAILABLE = SandboxUnavailable.code
    RUNNER_LOST = "runner_lost"
    JOB_EXPIRED = "job_expired"


class JobArtifact(Message):
    """A file that the job left in `/work/out`, uploaded to the slot of this index."""

    index: int
    name: FileName
    size: int = Field(ge=0)
    sha256: Sha256
    content_type: ContentType


class SkippedFile(Message):
    """A file that was left out; the path is for people: cleaned and cut."""

    path: str
    reason: str


class StreamCut(Message):
    """What was left out of the middle of a stream: how many bytes, after how many."""

    bytes: int = Field(ge=1)
    after: int = Field(ge=0)


class JobUsage(Message):
    """What a job took: milliseconds by the clock and of processors, bytes of memory."""

    wall_ms: int = Field(ge=0)
    cpu_ms: int = Field(ge=0)
    max_rss_bytes: int = Field(ge=0, description="Highest memory of the whole tree that the monitor saw.")


class ToolResult(Message):
    """How a job ended. Texts never hold U+0000 nor lone surrogates, so that every store takes them.

    `retryable` says that the job may be sent again under the same id and would then run again.
    """

    v: Literal[1] = 1
    job_id: JobId
    status: JobStatus
    reason: JobReason | None = None
    detail: str | None = None
    retryable: bool = False
    exit_code: int | None = None
    signal: int | None = None
    stdout: str = ""
    stderr: str = ""
    stdout_cut: StreamCut | None = None
    stderr_cut: StreamCut | None = None
    stdout_replaced: int = Field(default=0, ge=0, description="How many U+FFFD stand for what no text can hold.")
    stderr_replaced: int = Field(default=0, ge=0)
    result: Any = Field(
        default=None, description="The JSON of `/work/out/result.json`, if it is there, valid and within 256 KiB."
    )
    result_error: str | None = Field(default=None, description="Why `result.json` was there but is not the result.")
    artifacts: tuple[JobArtifact, ...] = ()
    workspace: JobArtifact | None = Field(
        default=None, description="What the job left in its workspace, where it has one."
    )
    skipped: tuple[SkippedFile, ...] = ()
    egress: EgressReport = EgressReport()
    usage: JobUsage = JobUsage(wall_ms=0, cpu_ms=0, max_rss_bytes=0)
    started_at: datetime | None = None
    ended_at: datetime
    spans: tuple[JobSpan, ...] = Field(default=(), max_length=MOST_SPANS)

    @classmethod
    def accepted(cls, job_id: JobId, *, result: Any, detail: str) -> Self:
        """The result of a job that is taken to have succeeded, though nobody has seen it."""
        return cls(job_id=job_id, status=JobStatus.SUCCEEDED, detail=detail, result=result, ended_at=datetime.now(UTC))


PROGRESS_TYPE = "application/x-ndjson"
"""A client that accepts this type gets a line with a `JobProgress` for each state that the job enters."""


class JobState(StrEnum):
    """How far a submitted job is: it waits for a runner, runs, has its result, or will get none."""

    WAITING = "waiting"
    RUNNING = "running"
    ENDED = "ended"
    REFUSED = "refused"


MAX_LINE = 500
"""Characters of a line that a job tells while it runs."""
MAX_LINES = 50
"""Lines that are told at once."""
MAX_LINES_TOLD = 1000
"""Lines of one job; those beyond are counted."""


class JobProgress(Message):
    """One state of a submitted job; `ended` has its result, `refused` the problem for which there will be none.

    A job that runs may have told something: `lines`, and how many before them are `left_out`.
    """

    state: JobState
    lines: tuple[str, ...] = ()
    left_out: int = 0
    result: ToolResult | None = None
    problem: dict[str, Any] | None = None
    retry_after: float | None = Field(default=None, description="Seconds after which a refused job may be sent again.")
