"""The events of a run, each with its data, as writers give them, as rows keep them and as the API shows them."""

from datetime import datetime
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from foundation.domain.failures import ErrorDocument
from foundation.domain.ids import ApprovalId, JobId, RunId, StepId, UserId
from foundation.domain.run_events import RunEventType
from foundation.domain.states import ApprovalStatus, PauseReason, RunStatus, WaitReason
from foundation.domain.tools import OutcomeDecision, UnknownOutcomePolicy


class RunEvent(BaseModel):
    """One event; rows of earlier versions may have members that are not read any more."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    type: ClassVar[RunEventType]

    @property
    def event_type(self) -> RunEventType:
        return self.type

    def data(self) -> dict[str, Any]:
        """The members that the writer gave, None included; those that it left out are left out here as well."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class StepEvent(RunEvent):
    """An event of one step, whose id has a column of its own."""

    step_id: StepId = Field(exclude=True)


class RunCreated(RunEvent):
    """A run was accepted; `actor` is who started it, as the audit names them, or the step of which run."""

    type = RunEventType.RUN_CREATED
    actor: str
    parent_run_id: RunId | None = None


class RunForked(RunEvent):
    """The first event of a run that was forked; `copied` are the steps that it took over as they had ended."""

    type = RunEventType.RUN_FORKED
    actor: str
    run_id: RunId
    step: str
    turn: int
    copied: list[str]


class RunRunning(RunEvent):
    """An execution of this generation has begun."""

    type = RunEventType.RUN_RUNNING
    generation: int


class RunPaused(RunEvent):
    """The members after `reason` belong to a pause by a budget: which one, how it stood, when it is tried again."""

    type = RunEventType.RUN_PAUSED
    reason: PauseReason
    scope: str | None = None
    detail: str | None = None
    budget: JsonValue = None
    resets_at: JsonValue = None
    again_in_seconds: int | float | None = None


class RunGenerationOpened(RunEvent):
    """The run goes on in a new execution; `reason` is a sentence."""

    type = RunEventType.RUN_GENERATION_OPENED
    generation: int
    reason: str


class RunRetried(RunEvent):
    """The run had ended in the state `ended_as`, and is open again; `steps` are those that run again."""

    type = RunEventType.RUN_RETRIED
    actor: str
    ended_as: RunStatus
    steps: list[str]


class RunStopping(RunEvent):
    """The run takes no more work, and ends in the state `cause` when its steps have ended."""

    type = RunEventType.RUN_STOPPING
    cause: RunStatus
    error: ErrorDocument


class RunEnded(RunEvent):
    """The last event of a run, unless it is retried; its type is the state that the run ended in."""

    status: RunStatus = Field(exclude=True)
    error: ErrorDocument | None

    @property
    def event_type(self) -> RunEventType:
        return RunEventType(f"run.{self.status.lower()}")


class StepWaiting(StepEvent):
    """A worker has parked the step: it waits for another step, a slot, what it takes, a person, or a run.

    `resource` is what it lacks: a named resource, or `concurrency:tenant` or `concurrency:task`, of which as many steps
    run as may. `approval_id` and `expires_at` belong to the wait for a person, `run_id` to that for the run that it has
    started.
    """

    type = RunEventType.STEP_WAITING
    waits_for: WaitReason = Field(alias="for")
    resource: str | None = None
    approval_id: ApprovalId | None = None
    expires_at: datetime | None = None
    run_id: RunId | None = None


class StepDecided(StepEvent):
    """A request for approval has ended: by a decision, or (`by` null) because it expired."""

    type = RunEventType.STEP_DECIDED
    name: str
    approval_id: ApprovalId
    status: ApprovalStatus
    by: UserId | None


class StepOutcomeUnknown(StepEvent):
    """A tool was started that is not to run twice, and nobody knows what it did; `policy` is what follows.

    `arguments_digest` is the SHA-256 (hex) of what it was called with.
    """

    type = RunEventType.STEP_OUTCOME_UNKNOWN
    name: str
    job_id: JobId
    tool: str
    arguments_digest: str
    started_at: datetime
    policy: UnknownOutcomePolicy


class StepOutcomeDecided(StepEvent):
    """A person has decided what becomes of the call whose outcome was unknown."""

    type = RunEventType.STEP_OUTCOME_DECIDED
    name: str
    job_id: JobId
    decision: OutcomeDecision
    by: UserId


class StepRunning(StepEvent):
    """A worker has claimed the step."""

    type = RunEventType.STEP_RUNNING
    name: str
    attempt: int
    tick: int
    worker: str


class StepTurn(StepEvent):
    """A turn of an agent or a crew was recorded, also its last; from here on another worker can go on.

    `left_out` has the `results` of tools and the `bytes` that its request did without, as the conversation had become
    too long.
    """

    type = RunEventType.STEP_TURN
    turn: int
    left_out: dict[str, int] | None = None


class StepProgress(StepEvent):
    """A tool that runs has told these `lines`; before them `left_out` are missing, as they were too many."""

    type = RunEventType.STEP_PROGRESS
    name: str
    job_id: JobId
    tool: str
    lines: list[str]
    left_out: int


class StepEgress(StepEvent):
    """A tool has asked its proxy for so many requests; alike ones are one of `requests`, `left_out` stand in none.

    Each has `method`, `host`, `port`, `target` (what was asked for where no host could be read), `verdict`, `reason`,
    `count`, and the bytes `up` and `down`.
    """

    type = RunEventType.STEP_EGRESS
    name: str
    job_id: JobId
    tool: str
    allowed: int
    cut: int
    refused: int
    requests: list[dict[str, JsonValue]]
    left_out: int


class StepCheckpointRefused(StepEvent):
    """A checkpoint was damaged; the step went on after the turn `used` instead, and has a sound one again.

    `turn` is that of the checkpoint, null for one whose row was gone; `fault` names what was wrong with it.
    """

    type = RunEventType.STEP_CHECKPOINT_REFUSED
    turn: int | None
    fault: str
    used: int


class StepExpandedEvent(StepEvent):
    """The step runs once for each of so many items, at most `max_parallel` of them at a time."""

    type = RunEventType.STEP_EXPANDED
    name: str
    items: int
    max_parallel: int


class StepRetrying(StepEvent):
    """An attempt failed in a way that may pass; the next one comes after `delay_seconds`."""

    type = RunEventType.STEP_RETRYING
    name: str
    attempt: int
    error: ErrorDocument
    delay_seconds: int | float


class StepGivenBack(StepEvent):
    """A worker that stops has handed the step back untouched; the attempt does not count."""

    type = RunEventType.STEP_GIVEN_BACK
    name: str


class StepPostponed(StepEvent):
    """What the step needs has failed again and again on its worker: the step is taken again after `delay_seconds`.

    `breaker` names what failed. The attempt does not count, and the step's own time goes on.
    """

    type = RunEventType.STEP_POSTPONED
    name: str
    breaker: str
    delay_seconds: int | float


class StepSucceeded(StepEvent):
    """The step has its output."""

    type = RunEventType.STEP_SUCCESS
    name: str


class StepFailed(StepEvent):
    """The step has ended without success; `error` has its code and its reason."""

    type = RunEventType.STEP_FAILED
    name: str
    error: ErrorDocument


class StepSkipped(StepEvent):
    """The step never ran: `error` names the step that failed, or `reason` says why it may be left out."""

    type = RunEventType.STEP_SKIPPED
    name: str
    error: ErrorDocument | None = None
    reason: ErrorDocument | None = None


class StepCancelled(StepEvent):
    """The step was ended because its run ends; `error` says why."""

    type = RunEventType.STEP_CANCELLED
    name: str
    error: ErrorDocument
