"""One job from its inputs to its result."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import httpx

from foundation.contracts.egress.private_hosts import PrivateHosts
from foundation.contracts.tool_job import JobReason, JobStatus, JobUsage, SkippedFile, ToolJob, ToolResult
from foundation.domain.tools import ToolEffect
from foundation.telemetry.traces import current_traceparent
from tool_runtime.egress.limits import limits_of
from tool_runtime.egress.model_door import RunTokenUnavailable
from tool_runtime.egress.proxy import EgressProxy
from tool_runtime.egress_link.forwarder import EgressForwarder
from tool_runtime.egress_of_jobs import ProxySurroundings, proxy_of
from tool_runtime.protocol import EgressGrant, EgressLink, Injection, ModelUpstream, SearchUpstream
from tool_runtime.runner.artifacts.shelf import Shelf
from tool_runtime.runner.artifacts.uploads import upload_artifacts, upload_workspace
from tool_runtime.runner.faults import JobFaultError
from tool_runtime.runner.inputs import fetch_inputs, fetch_workspace
from tool_runtime.runner.result_document import RESULT_NAME, read_result
from tool_runtime.sandbox.box import Box, BoxJob, SandboxOutcome
from tool_runtime.sandbox.carried import CarriedWorkspace
from tool_runtime.tools.base import Repeats
from tool_runtime.tools.registry import find_tool
from tool_runtime.tools.search import upstream_files
from tool_runtime.tools.trust import proxy_environment, trusted_files

T = TypeVar("T")

_TIMES = {JobReason.WALL_TIME, JobReason.CPU_TIME}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a runner has for its one job: a client for files, a sandbox, and what its operator opened inside."""

    client: httpx.AsyncClient
    box: Box
    private: PrivateHosts
    authorities: Path | None = None
    """Those that sign the servers inside, in PEM."""


@dataclass(frozen=True, slots=True)
class JobGrants:
    """What the launcher gives a job besides: secrets for its proxy, the provider of searches, the way to models.

    With `link` it leaves by an egress service, which has been given the rest but for the provider.
    """

    injections: Sequence[Injection] = ()
    search: SearchUpstream | None = None
    models: ModelUpstream | None = None
    run_token: Callable[[], Awaitable[str]] | None = None
    """The token of a call of a model, asked for each time."""
    link: EgressLink | None = None


NO_GRANTS = JobGrants()


async def execute(job: ToolJob, around: Surroundings, grants: JobGrants = NO_GRANTS) -> ToolResult:
    """Run the job in the box. Every end of the job is a result; the box is closed when this returns."""
    client, box = around.client, around.box
    try:
        staged = await _unless_stopped(box, fetch_inputs(client, job.inputs)) or []
        workspace = await _unless_stopped(box, fetch_workspace(client, job))
        proxy = await _way_out(job, around, grants)
        authority = proxy.certificate
        async with proxy.listening(box.take_proxy_socket()):
            told = (*trusted_files(authority), *upstream_files(grants.search))
            of_proxy = proxy_environment(authority, proxy.proof_key)
            shelf, outcome = await _run(job, box, staged, workspace, told, of_proxy)
        result = await _report(client, job, box, shelf, outcome)
        result = await _with_workspace(client, job, workspace, result)
        return result.model_copy(update={"egress": proxy.report()})
    except JobFaultError as fault:
        return ToolResult(
            job_id=job.job_id,
            status=JobStatus.FAILED,
            reason=fault.reason,
            detail=fault.detail,
            retryable=fault.retryable and _may_rerun(job),
            ended_at=datetime.now(UTC),
        )
    finally:
        await box.close()


async def _way_out(job: ToolJob, around: Surroundings, grants: JobGrants) -> EgressProxy | EgressForwarder:
    """The job's proxy, or what has its connections carried to the egress service."""
    tool = find_tool(job.tool)
    if grants.link is not None:
        forwarder = EgressForwarder(grants.link, limits_of(tool.spec.profile))
        await forwarder.open()
        return forwarder
    models = grants.models if grants.run_token is not None else None
    grant = EgressGrant(
        tenant_id=job.tenant_id,
        run_id=job.run_id,
        step_id=job.step_id,
        job_id=job.job_id,
        profile=tool.spec.profile,
        network=job.network,
        injections=tuple(grants.injections),
        models=models,
        traceparent=current_traceparent(),
        seconds=job.limits.wall_seconds,
    )
    return proxy_of(grant, ProxySurroundings(around.private, around.authorities), grants.run_token or _no_run_token)


async def _no_run_token() -> str:
    raise RunTokenUnavailable("the job has none")


async def _unless_stopped(box: Box, work: Coroutine[Any, Any, T]) -> T | None:
    """The work's outcome, or None when the box was stopped first."""
    task = asyncio.create_task(work)
    waited: set[asyncio.Future[Any]] = {task, box.stopped}
    await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
    if not task.done():
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return None
    return task.result()


async def _with_workspace(
    client: httpx.AsyncClient, job: ToolJob, workspace: CarriedWorkspace | None, result: ToolResult
) -> ToolResult:
    """The result with what the job left for the next one; where that cannot be stored, the job has failed."""
    try:
        return result.model_copy(update={"workspace": await upload_workspace(client, job, workspace)})
    except JobFaultError as fault:
        failed = {"status": JobStatus.FAILED, "reason": fault.reason, "detail": fault.detail}
        return result.model_copy(update={**failed, "retryable": fault.retryable and _may_rerun(job)})


async def _run(
    job: ToolJob,
    box: Box,
    staged: list[tuple[str, bytes]],
    workspace: CarriedWorkspace | None,
    told: tuple[tuple[str, bytes], ...],
    of_proxy: Mapping[str, str],
) -> tuple[Shelf, SandboxOutcome]:
    invocation = find_tool(job.tool).invocation(job.arguments, repeats=_repeats(job))
    wall = min(job.limits.wall_seconds, invocation.wall_seconds or job.limits.wall_seconds)
    limits = job.limits.model_copy(update={"wall_seconds": invocation.ended_after(wall)})
    shelf = Shelf(limits)
    inputs = ((f"in/{name}", content) for name, content in staged)
    files = (*invocation.files, *inputs, *told)
    clock = {} if invocation.seconds_in is None else {invocation.seconds_in: str(wall)}
    env = {**invocation.env, **clock, **of_proxy}
    inside = BoxJob(invocation.argv, env, files, limits, workspace=workspace)
    return shelf, await box.run(inside, take=shelf.take)


async def _report(
    client: httpx.AsyncClient, job: ToolJob, box: Box, shelf: Shelf, outcome: SandboxOutcome
) -> ToolResult:
    """What the job gave, whatever way it ended: streams, result and files are told of a failed one as well."""
    status, reason, detail = verdict(outcome)
    document, result_error = read_result(shelf.files, outcome.skipped)
    result = ToolResult(
        job_id=job.job_id,
        status=status,
        reason=reason,
        detail=detail,
        retryable=reason is JobReason.HOST_MEMORY and _may_rerun(job),
        exit_code=outcome.exit_code,
        signal=outcome.signal,
        stdout=box.stdout.text(),
        stderr=box.stderr.text(),
        stdout_cut=box.stdout.cut,
        stderr_cut=box.stderr.cut,
        stdout_replaced=box.stdout.replaced,
        stderr_replaced=box.stderr.replaced,
        result=document,
        result_error=result_error,
        skipped=_skipped(outcome),
        usage=JobUsage(wall_ms=outcome.wall_ms, cpu_ms=outcome.cpu_ms, max_rss_bytes=outcome.max_rss_bytes),
        started_at=outcome.started_at,
        ended_at=outcome.ended_at,
    )
    try:
        artifacts, unsent = await upload_artifacts(client, _kept(job, shelf.files, result), job.uploads)
    except JobFaultError as fault:
        failed = {"status": JobStatus.FAILED, "reason": fault.reason, "detail": fault.detail}
        return result.model_copy(update={**failed, "retryable": fault.retryable and _may_rerun(job)})
    return result.model_copy(update={"artifacts": tuple(artifacts), "skipped": (*result.skipped, *unsent)})


def _kept(job: ToolJob, files: Mapping[str, bytes], result: ToolResult) -> Mapping[str, bytes]:
    """The files that become artifacts. What a program of ours has to tell is told once: all of it is the result."""
    if not find_tool(job.tool).spec.says_why or result.result_error is not None:
        return files
    return {name: content for name, content in files.items() if name != RESULT_NAME}


def _skipped(outcome: SandboxOutcome) -> tuple[SkippedFile, ...]:
    skipped = [SkippedFile(path=name, reason=why) for name, why in outcome.skipped]
    if outcome.stop is not None and not outcome.collected:
        skipped.append(SkippedFile(path="…", reason="the job was stopped; what is not listed was not collected"))
    return tuple(skipped)


def _may_rerun(job: ToolJob) -> bool:
    return _effect(job) is not ToolEffect.ONCE


def _effect(job: ToolJob) -> ToolEffect:
    return job.effect or find_tool(job.tool).spec.effect


def _repeats(job: ToolJob) -> Repeats:
    return Repeats(allowed=_may_rerun(job), key=str(job.job_id) if _effect(job) is ToolEffect.KEYED else None)


def verdict(outcome: SandboxOutcome) -> tuple[JobStatus, JobReason | None, str | None]:
    """How an outcome is called: what the runner did to it comes before what the job did itself."""
    if outcome.stop is not None:
        reason, detail = outcome.stop.reason, outcome.stop.detail
        if reason is JobReason.CANCELLED:
            return JobStatus.CANCELLED, reason, detail
        return (JobStatus.TIMED_OUT if reason in _TIMES else JobStatus.KILLED), reason, detail
    if outcome.signal is not None:
        return JobStatus.FAILED, JobReason.SIGNAL, f"ended by signal {outcome.signal}"
    if outcome.exit_code != 0:
        return JobStatus.FAILED, JobReason.EXIT_CODE, f"ended with exit code {outcome.exit_code}"
    return JobStatus.SUCCEEDED, None, None
