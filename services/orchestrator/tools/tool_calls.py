"""Runs one call of one tool once, checks its artifacts, and records its result under the claim's fence."""

import asyncio
import math
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid5

from pydantic import ValidationError

from foundation.cloud.objects.base import ObjectStore
from foundation.contracts.tool_job import (
    JobArtifact,
    JobLimits,
    JobReason,
    JobState,
    ToolJob,
    ToolResult,
    UploadSlot,
)
from foundation.contracts.tools.arguments import ToolArguments
from foundation.contracts.tools.catalogue import TOOLS
from foundation.contracts.tools.documents import document_of, output_of
from foundation.domain.errors import DependencyUnavailable, LeaseLost, LockstepError, SandboxUnavailable
from foundation.domain.failure_codes import FailureCode
from foundation.domain.ids import ArtifactId, JobId, tool_job_id
from foundation.domain.states import StepKind
from foundation.domain.tools import ToolEffect
from foundation.storage import artifacts
from foundation.storage.artifacts import NewArtifact
from foundation.storage.execution import tool_events
from foundation.storage.execution.dispatches import StepClaim
from foundation.storage.session.database import Database
from foundation.telemetry.logs import logger
from foundation.telemetry.traces import current_traceparent
from foundation.workflow import claims, outcomes
from foundation.workflow.lines import slots
from orchestrator.breakers.breaker import BreakerOpen
from orchestrator.clients.launcher.base import JobNotTaken, JobUnknown, Launcher
from orchestrator.failpoints import Failpoints
from orchestrator.tools.doubts import (
    JOB_GIVEN_UP,
    NEVER_STARTED,
    Doubts,
    NotIsolated,
    is_asked_again,
    is_lost,
    lost,
    outcome_unknown,
)
from orchestrator.tools.files import addressed
from orchestrator.tools.reach import keep_egress, network_of
from orchestrator.tools.tool_call import ToolCall, checked_arguments, digest_of
from orchestrator.work import TickFailed, Work

_log = logger(__name__)

# Presigned addresses outlive the job's own time by as long as it may wait for a place; then it asks for new ones.
_SLOT_MARGIN_SECONDS = 900


class ToolCalls:
    """Runs tool calls as jobs of the tool runtime, and replays results that are recorded already."""

    def __init__(
        self,
        database: Database,
        launcher: Launcher,
        objects: ObjectStore,
        failpoints: Failpoints,
        *,
        artifacts_per_job: int,
    ) -> None:
        self._database = database
        self._launcher = launcher
        self._objects = objects
        self._failpoints = failpoints
        self._artifacts_per_job = artifacts_per_job
        self._doubts = Doubts(database)

    async def run(self, work: Work, call: ToolCall) -> dict[str, Any]:
        """The document of the call, of which `output_of` makes an output. A recorded result is not executed again."""
        with work.clock.collecting():
            return await self._call(work, call)

    async def _call(self, work: Work, call: ToolCall) -> dict[str, Any]:
        claim = work.claim
        given = checked_arguments(call)
        effect = effect_of(claim, call)
        job_id = tool_job_id(claim.dispatch.step_id, turn=call.turn, tool_call_id=call.call_id)
        job = tool_events.Job(job_id, call.turn, call.call_id, call.tool, effect, digest_of(call))
        async with self._database.tenant(claim.dispatch.tenant_id) as tx:
            recorded = await tool_events.begin(tx, claim, job)
        if recorded.result is not None:
            return recorded.result
        if recorded.is_doubtful:
            return await self._doubtful(work, job_id, call, given)
        if recorded.status == JOB_GIVEN_UP:
            raise outcome_unknown(call.tool)
        self._failpoints.reach("tool.before_submit")
        try:
            result = await self._submit(work, job_id, call, given)
        except (JobNotTaken, NotIsolated, BreakerOpen):
            await self._doubts.nothing_started(claim, job_id)
            raise
        self._failpoints.reach("tool.after_submit")
        if result.reason in NEVER_STARTED:
            await self._doubts.nothing_started(claim, job_id)
        elif effect is ToolEffect.ONCE and is_lost(result):
            document = await self._doubts.settle(claim, job_id)
            if document is not None:
                return document
        if result.retryable:
            async with self._database.tenant(claim.dispatch.tenant_id) as tx:
                await keep_egress(tx, claim, result, tool=call.tool)
            raise lost(result)
        return await self._record(claim, call.tool, result)

    async def _doubtful(self, work: Work, job_id: JobId, call: ToolCall, given: ToolArguments) -> dict[str, Any]:
        """The document of a call that is not to be made twice and was begun before.

        A launcher that knows its job still is asked first, then the definition, then a person.
        """
        result = await self._joined(work, job_id, call, given)
        if result is not None and result.reason in NEVER_STARTED:
            await self._doubts.nothing_started(work.claim, job_id)
            raise lost(result)
        if result is not None and not is_lost(result):
            return await self._record(work.claim, call.tool, result)
        document = await self._doubts.settle(work.claim, job_id)
        return await self._call(work, call) if document is None else document

    async def _joined(self, work: Work, job_id: JobId, call: ToolCall, given: ToolArguments) -> ToolResult | None:
        """The result of the job that was begun; None when its launcher knows none, or cannot be asked to the last."""
        job = await self._job(work, job_id, call, given)
        try:
            return await self._run(work, job.model_copy(update={"join_only": True}))
        except JobUnknown:
            return None
        except DependencyUnavailable as error:
            if is_asked_again(work.claim, error):
                raise
            return None

    async def _submit(self, work: Work, job_id: JobId, call: ToolCall, given: ToolArguments) -> ToolResult:
        """Runs the job, however long it waits for its slot: a wait is neither the step's time nor an attempt."""
        while True:
            job = await self._job(work, job_id, call, given)
            result = await self._run(work, job)
            if result.reason is not JobReason.JOB_EXPIRED:
                return result

    async def _run(self, work: Work, job: ToolJob) -> ToolResult:
        async def write_clock(stopped: bool) -> None:  # noqa: FBT001 - a callback's one value
            try:
                async with self._database.tenant(job.tenant_id) as tx:
                    await slots.write_clock(tx, work.claim, stopped=stopped)
            except (DependencyUnavailable, OSError) as error:
                # This worker goes by its own clock; only the sweeper and the next holder read the row's deadline.
                _log.warning("the step's clock could not be written", extra={"error": type(error).__name__})

        async with work.clock.call(write_clock) as clocked:

            async def on_state(state: JobState) -> None:
                await (clocked.wait() if state is JobState.WAITING else clocked.go_on())

            try:
                return await self._launcher.run(job, on_state=on_state)
            except SandboxUnavailable as error:
                # Without a sandbox nothing runs, and trying again does not install one.
                raise NotIsolated(error.code, f"the tool was not run for want of a sandbox: {error.detail}") from error
            except asyncio.CancelledError:
                await asyncio.shield(self._leave(work, job))
                raise

    async def _leave(self, work: Work, job: ToolJob) -> None:
        """Ends a job that this worker no longer waits for, unless a later holder of the step will join it.

        The output of a job that is ended with its step is kept beside the step, whose end has been recorded before.
        """
        try:
            async with self._database.tenant(job.tenant_id) as tx:
                over = await claims.is_over(tx, work.claim)
            result = await self._launcher.cancel(job) if over else None
            if result is not None:
                await self._keep_late(work, job.tool, result)
        except (LockstepError, TickFailed, OSError) as error:
            _log.warning("a job could not be ended with its step", extra={"error": type(error).__name__})

    async def _keep_late(self, work: Work, tool: str, result: ToolResult) -> None:
        tenant_id, step_id = work.claim.dispatch.tenant_id, work.claim.dispatch.step_id
        new = [await self._checked(work.claim, result.job_id, artifact) for artifact in result.artifacts]
        document = document_of(result, files=_files(new))
        async with self._database.tenant(tenant_id) as tx:
            await tool_events.lock_owners(tx, work.claim)
            if not await tool_events.keep_late_result(tx, tenant_id, result.job_id, result=document):
                return
            await keep_egress(tx, work.claim, result, tool=tool, is_late=True)
            for artifact in new:
                await artifacts.insert(tx, tenant_id, artifact)
            if work.claim.kind is StepKind.TOOL:
                output = output_of(document, whole=False)
                await outcomes.keep_late_output(tx, tenant_id, step_id, fence=work.claim.fence, output=output)

    async def _job(self, work: Work, job_id: JobId, call: ToolCall, given: ToolArguments) -> ToolJob:
        claim, dispatch = work.claim, work.claim.dispatch
        seconds = max(1, min(math.ceil(work.clock.seconds_left), given.timeout_seconds))
        valid = seconds + _SLOT_MARGIN_SECONDS
        keys = [_object_key(claim, job_id, index) for index in range(self._artifacts_per_job)]
        limits = JobLimits(wall_seconds=seconds, cpu_seconds=seconds, artifact_count=self._artifacts_per_job)
        forms = await self._objects.uploads(keys, seconds=valid, max_bytes=limits.artifact_bytes)
        uploads = [UploadSlot(index=at, url=form.url, fields=form.fields) for at, form in enumerate(forms)]
        try:
            return ToolJob(
                job_id=job_id,
                tenant_id=dispatch.tenant_id,
                run_id=dispatch.run_id,
                step_id=dispatch.step_id,
                generation=dispatch.generation,
                fence=claim.fence,
                tool=call.tool,
                arguments=call.arguments,
                inputs=await addressed(self._objects, call.inputs, seconds=valid),
                uploads=tuple(uploads),
                limits=limits,
                network=await network_of(self._database, claim),
                effect=effect_of(claim, call),
                traceparent=current_traceparent(),
                expires_at=datetime.now(UTC) + timedelta(seconds=valid),
            )
        except ValidationError as error:
            raise TickFailed(
                FailureCode.JOB_INVALID, f"the tool cannot be called with these arguments: {error.errors()[0]['msg']}"
            ) from error

    async def _record(self, claim: StepClaim, tool: str, result: ToolResult) -> dict[str, Any]:
        """Accepts only artifacts that lie under this job's keys with the size and digest that were reported."""
        job_id = result.job_id
        new = [await self._checked(claim, job_id, artifact) for artifact in result.artifacts]
        document = document_of(result, files=_files(new))
        async with self._database.tenant(claim.dispatch.tenant_id) as tx:
            if new or result.egress.records:
                await tool_events.lock_owners(tx, claim)
            await keep_egress(tx, claim, result, tool=tool)
            stored = await tool_events.end(tx, claim, job_id, status=result.status.value, result=document)
            if stored is None:
                raise LeaseLost("another holder has this step now; the tool's result was not recorded")
            for artifact in new:
                await artifacts.insert(tx, claim.dispatch.tenant_id, artifact)
        self._failpoints.reach("tool.recorded")
        return stored

    async def _checked(self, claim: StepClaim, job_id: JobId, artifact: JobArtifact) -> NewArtifact:
        key = _object_key(claim, job_id, artifact.index)
        stored = await self._objects.digest(key) if artifact.index < self._artifacts_per_job else None
        if stored != (artifact.size, bytes.fromhex(artifact.sha256)):
            detail = f"the artifact {artifact.name!r} is not in storage as the job reported it"
            raise TickFailed(FailureCode.ARTIFACT_MISMATCH, detail, retryable=True)
        return NewArtifact(
            artifact_id=ArtifactId(uuid5(job_id, str(artifact.index))),
            name=artifact.name,
            content_type=artifact.content_type,
            size=artifact.size,
            sha256=bytes.fromhex(artifact.sha256),
            object_key=key,
            ready=True,
            run_id=claim.dispatch.run_id,
            step_id=claim.dispatch.step_id,
            job_id=job_id,
            created_by=claim.run_created_by,
        )


def effect_of(claim: StepClaim, call: ToolCall) -> ToolEffect:
    """What running the call twice would mean: what its definition says, or else what its tool can tell."""
    return call.effect or TOOLS[call.tool].effect_of(call.arguments, reaches=bool(claim.egress))


def _object_key(claim: StepClaim, job_id: JobId, index: int) -> str:
    return f"tenants/{claim.dispatch.tenant_id}/runs/{claim.dispatch.run_id}/jobs/{job_id}/{index}"


def _files(new: list[NewArtifact]) -> list[dict[str, Any]]:
    return [{"artifact": str(a.artifact_id), "name": a.name, "size": a.size, "sha256": a.sha256.hex()} for a in new]
