"""Runs one call of one tool once, checks its artifacts, and records its result under the claim's fence."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import ValidationError

from foundation.cloud.objects.base import ObjectStore
from foundation.cloud.objects.keys import job_key
from foundation.contracts.accepted.sentences import sentence_of_error
from foundation.contracts.tool_job import JobReason, JobState, ToolJob, ToolResult, UploadSlot
from foundation.contracts.tools.arguments import ToolArguments
from foundation.contracts.tools.calls.documents import output_of, succeeded
from foundation.contracts.tools.calls.told_failures import ToldFailure, told_failure
from foundation.contracts.tools.contract import ToolContract
from foundation.domain.errors import DependencyUnavailable, LeaseLost, LockstepError, SandboxUnavailable
from foundation.domain.failures import FailureCode
from foundation.domain.ids import JobId, tool_job_id
from foundation.domain.states import StepKind
from foundation.domain.tools import ToolEffect
from foundation.storage.execution import tool_events
from foundation.storage.execution.dispatches import StepClaim
from foundation.storage.limits import sandbox_seconds
from foundation.storage.session.database import Database
from foundation.telemetry.logs import logger
from foundation.telemetry.spans.record import AttributeValue, SpanAttribute
from foundation.telemetry.traces import annotate, current_traceparent, failed, span
from foundation.workflow import claims, outcomes
from foundation.workflow.lines import slots
from orchestrator.breakers.breaker import BreakerOpen
from orchestrator.clients.launcher.base import JobNotTaken, JobUnknown, Launcher
from orchestrator.failpoints import Failpoints
from orchestrator.tools import workspaces
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
from orchestrator.tools.functions import MODEL_MISTAKES
from orchestrator.tools.job_spans import keep_spans
from orchestrator.tools.model_grants import ModelGrants, RunTokenOf
from orchestrator.tools.reach import audit_job, audit_refusal, network_of
from orchestrator.tools.stored_artifacts import StoredArtifacts
from orchestrator.tools.told_lines import told_by
from orchestrator.tools.tool_call import ToolCall, checked_arguments, digest_of, limits_of, seconds_of, seconds_taken
from orchestrator.tools.toolbox import job_of, with_packages
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
        run_token: RunTokenOf,
    ) -> None:
        self._database = database
        self._launcher = launcher
        self._objects = objects
        self._failpoints = failpoints
        self._artifacts_per_job = artifacts_per_job
        self._stored = StoredArtifacts(objects, artifacts_per_job=artifacts_per_job)
        self._doubts = Doubts(database)
        self._grants = ModelGrants(run_token, launcher)

    async def run(self, work: Work, call: ToolCall) -> dict[str, Any]:
        """The document of the call, of which `output_of` makes an output. A recorded result is not executed again."""
        about: dict[SpanAttribute, AttributeValue] = {
            SpanAttribute.GEN_AI_OPERATION: "execute_tool",
            SpanAttribute.GEN_AI_TOOL_NAME: call.tool,
            SpanAttribute.STEP_TURN: call.turn,
        }
        with work.clock.collecting(), span(f"execute_tool {call.tool}", attributes=about):
            try:
                document = await self._call(work, call)
            except TickFailed as error:
                if error.failure.code in MODEL_MISTAKES:
                    await audit_refusal(self._database, work.claim, call, error.failure.detail)
                raise
            annotate({SpanAttribute.OUTCOME: str(document["status"])})
            if not succeeded(document):
                failed(str(document["reason"] or document["status"]))
            return document

    async def _call(self, work: Work, call: ToolCall) -> dict[str, Any]:
        claim = work.claim
        call = await with_packages(self._database, self._objects, work, call)
        given = checked_arguments(call, work.tools[call.tool])
        effect = effect_of(work, call)
        job_id = tool_job_id(claim.dispatch.step_id, turn=call.turn, tool_call_id=call.call_id)
        job = tool_events.Job(job_id, call.turn, call.call_id, call.tool, effect, digest_of(call))
        async with self._database.tenant(claim.dispatch.tenant_id) as tx:
            recorded = await tool_events.begin(tx, claim, job)
            if recorded.may_start:
                await sandbox_seconds.hold(tx, claim, job_id, seconds=seconds_of(work, given))
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
                await audit_job(tx, claim, result, tool=call.tool)
                if result.usage.wall_ms:
                    await sandbox_seconds.settle(tx, claim, result.job_id, seconds=seconds_taken(result))
            raise lost(result)
        document = await self._record(claim, work.tools[call.tool], result)
        if recorded.attempt == 1:
            await self._stored.clear(claim, result)
        return document

    async def _doubtful(self, work: Work, job_id: JobId, call: ToolCall, given: ToolArguments) -> dict[str, Any]:
        """The document of a call that is not to be made twice and was begun before.

        A launcher that knows its job still is asked first, then the definition, then a person.
        """
        result = await self._joined(work, job_id, call, given)
        if result is not None and result.reason in NEVER_STARTED:
            await self._doubts.nothing_started(work.claim, job_id)
            raise lost(result)
        if result is not None and not is_lost(result):
            return await self._record(work.claim, work.tools[call.tool], result)
        document = await self._doubts.settle(work.claim, job_id)
        return await self._call(work, call) if document is None else document

    async def _joined(self, work: Work, job_id: JobId, call: ToolCall, given: ToolArguments) -> ToolResult | None:
        """The result of the job that was begun; None when its launcher knows none, or cannot be asked to the last."""
        job = await self._job(work, job_id, call, given)
        try:
            return await self._run(work, call, job.model_copy(update={"join_only": True}))
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
            result = await self._run(work, call, job)
            if result.reason is not JobReason.JOB_EXPIRED:
                return result

    async def _run(self, work: Work, call: ToolCall, job: ToolJob) -> ToolResult:
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

            on_lines = told_by(self._database, work, call, job)
            try:
                async with self._grants.renewed(work, job):
                    result = await self._launcher.run(job, on_state=on_state, on_lines=on_lines)
                keep_spans(job, result)
                return result
            except SandboxUnavailable as error:
                # Without a sandbox nothing runs, and trying again does not install one.
                raise NotIsolated(error.code, f"the tool was not run for want of a sandbox: {error.detail}") from error
            except asyncio.CancelledError:
                await asyncio.shield(self._leave(work, call, job))
                raise

    async def _leave(self, work: Work, call: ToolCall, job: ToolJob) -> None:
        """Ends a job that this worker no longer waits for, unless a later holder of the step will join it.

        The output of a job that is ended with its step is kept beside the step, whose end has been recorded before.
        """
        try:
            async with self._database.tenant(job.tenant_id) as tx:
                over = await claims.is_over(tx, work.claim)
            result = await self._launcher.cancel(job) if over else None
            if result is not None:
                keep_spans(job, result)
                await self._keep_late(work, work.tools[call.tool], result)
        except (LockstepError, TickFailed, OSError) as error:
            _log.warning("a job could not be ended with its step", extra={"error": type(error).__name__})

    async def _keep_late(self, work: Work, tool: ToolContract, result: ToolResult) -> None:
        tenant_id, step_id = work.claim.dispatch.tenant_id, work.claim.dispatch.step_id
        document, new = await self._stored.accept(work.claim, result, told=_told(tool, result))
        async with self._database.tenant(tenant_id) as tx:
            await tool_events.lock_owners(tx, work.claim)
            if not await tool_events.keep_late_result(tx, tenant_id, result.job_id, result=document):
                return
            await audit_job(tx, work.claim, result, tool=tool.name, is_late=True)
            await self._stored.keep(tx, work.claim, new)
            if result.usage.wall_ms:
                await sandbox_seconds.settle(tx, work.claim, result.job_id, seconds=seconds_taken(result))
            if work.claim.kind is StepKind.TOOL:
                output = output_of(document, whole=False)
                await outcomes.keep_late_output(tx, tenant_id, step_id, fence=work.claim.fence, output=output)

    async def _job(self, work: Work, job_id: JobId, call: ToolCall, given: ToolArguments) -> ToolJob:
        claim, dispatch = work.claim, work.claim.dispatch
        seconds = seconds_of(work, given)
        valid = seconds + _SLOT_MARGIN_SECONDS
        keys = [job_key(dispatch.tenant_id, job_id, index) for index in range(self._artifacts_per_job)]
        limits = limits_of(work.tools[call.tool], seconds, artifacts=self._artifacts_per_job)
        forms = await self._objects.uploads(keys, seconds=valid, max_bytes=limits.artifact_bytes)
        uploads = [UploadSlot(index=at, url=form.url, fields=form.fields) for at, form in enumerate(forms)]
        workspace = await workspaces.job_workspace(
            self._objects, call.workspace, job_key(dispatch.tenant_id, job_id, workspaces.INDEX), seconds=valid
        )
        tool, arguments = job_of(work.tools[call.tool], call.arguments)
        try:
            return ToolJob(
                job_id=job_id,
                tenant_id=dispatch.tenant_id,
                run_id=dispatch.run_id,
                step_id=dispatch.step_id,
                generation=dispatch.generation,
                fence=claim.fence,
                tool=tool,
                arguments=arguments,
                inputs=await addressed(self._objects, call.inputs, seconds=valid),
                uploads=tuple(uploads),
                workspace=workspace,
                limits=limits,
                network=await network_of(self._database, claim),
                models=self._grants.of(work, call.tool, call.turn),
                effect=effect_of(work, call),
                traceparent=current_traceparent(),
                expires_at=datetime.now(UTC) + timedelta(seconds=valid),
            )
        except ValidationError as error:
            words = sentence_of_error(error.errors(include_url=False)[0])
            raise TickFailed(
                FailureCode.JOB_INVALID, f"the tool cannot be called with these arguments: {words}"
            ) from error

    async def _record(self, claim: StepClaim, tool: ToolContract, result: ToolResult) -> dict[str, Any]:
        """Accepts only artifacts that lie under this job's keys with the size and digest that were reported."""
        job_id = result.job_id
        document, new = await self._stored.accept(claim, result, told=_told(tool, result))
        self._failpoints.reach("tool.copied")
        async with self._database.tenant(claim.dispatch.tenant_id) as tx:
            if new or result.egress.records:
                await tool_events.lock_owners(tx, claim)
            await audit_job(tx, claim, result, tool=tool.name)
            stored = await tool_events.end(tx, claim, job_id, status=result.status.value, result=document)
            if stored is None:
                raise LeaseLost("another holder has this step now; the tool's result was not recorded")
            await self._stored.keep(tx, claim, new)
            await sandbox_seconds.settle(tx, claim, result.job_id, seconds=seconds_taken(result))
        self._failpoints.reach("tool.recorded")
        return stored


def _told(tool: ToolContract, result: ToolResult) -> ToldFailure | None:
    return told_failure(tool.name, result) if tool.says_why else None


def effect_of(work: Work, call: ToolCall) -> ToolEffect:
    """What running the call twice would mean: what its definition says, or else what its tool can tell."""
    return call.effect or work.tools[call.tool].effect_of(call.arguments, reaches=bool(work.claim.egress))
