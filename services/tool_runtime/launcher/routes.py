"""Jobs for workers, leases for runners."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import ValidationError

from foundation.contracts.gateway.job_access import RunTokenRenewal
from foundation.contracts.tool_job import PROGRESS_TYPE, JobHolder, JobProgress, JobState, ToolJob, ToolResult
from foundation.contracts.tools.calls.runtime_lacks import RuntimeLacks
from foundation.domain.errors import BadRequest, LockstepError
from foundation.domain.ids import JobId
from foundation.http.problems import faults_from, problem_body
from foundation.telemetry.logs import bind
from tool_runtime.launcher.dependencies import BearerToken, CallingService, CurrentRuntime
from tool_runtime.launcher.jobs.open_jobs import OpenJob
from tool_runtime.launcher.lacks import lacks_of
from tool_runtime.protocol import RunnerLease, RunToken, ToldLines
from tool_runtime.tools.registry import find_tool

jobs = APIRouter(prefix="/jobs", tags=["jobs"])
lacking = APIRouter(prefix="/lacks", tags=["jobs"])
leases = APIRouter(prefix="/leases", tags=["leases"], include_in_schema=False)

# A job that gets a runner within this time is not reported as waiting, so that its caller has nothing to write down.
_UNREPORTED_WAIT_SECONDS = 0.25


@jobs.post(
    "",
    summary="Run one job; the answer comes when it has ended, or line by line to who accepts that",
    response_model=ToolResult,
    operation_id="run_job",
)
async def submit(
    job: ToolJob, _: CallingService, runtime: CurrentRuntime, accept: Annotated[str, Header()] = ""
) -> ToolResult | StreamingResponse:
    with bind(tenant_id=job.tenant_id, run_id=job.run_id, step_id=job.step_id, job_id=job.job_id):
        tool = find_tool(job.tool)
        try:
            tool.invocation(job.arguments)
        except ValidationError as error:
            raise BadRequest(
                "the tool does not take these arguments", faults=faults_from(list(error.errors()))
            ) from error
        if not job.join_only:
            await runtime.probes[tool.spec.profile].check()
        submitted = runtime.board.submit(job)
        if PROGRESS_TYPE in accept:
            return StreamingResponse(_progress(submitted), media_type=PROGRESS_TYPE)
        # Shielded: the job goes on when one of its callers leaves.
        return await asyncio.shield(submitted.answer) if isinstance(submitted, OpenJob) else submitted


@jobs.delete(
    "/{job_id}",
    summary="End a job and all its processes, as the holder of its step; the answer is its result",
    operation_id="cancel_job",
)
async def cancel(
    job_id: JobId,
    _: CallingService,
    runtime: CurrentRuntime,
    generation: Annotated[int, Query(ge=1)],
    fence: Annotated[int, Query(ge=0)],
) -> ToolResult:
    cancelled = runtime.board.cancel(job_id, JobHolder(generation, fence))
    if not isinstance(cancelled, OpenJob):
        return cancelled
    runtime.leases.end_if_it_lingers(cancelled)
    return await asyncio.shield(cancelled.answer)


@jobs.put(
    "/{job_id}/run-token",
    status_code=204,
    summary="Hand in a new run token for a job that calls models, as the holder of its step",
    operation_id="renew_run_token",
)
async def renew(job_id: JobId, renewal: RunTokenRenewal, _: CallingService, runtime: CurrentRuntime) -> None:
    runtime.board.renew(job_id, JobHolder(renewal.generation, renewal.fence), renewal.run_token)


async def _progress(job: OpenJob | ToolResult) -> AsyncIterator[str]:
    """A line for each state that the job comes into and for what it tells; the last one has its result, or why none."""
    if isinstance(job, ToolResult):
        yield _line(JobProgress(state=JobState.ENDED, result=job))
        return
    heard = job.said.count
    taken = asyncio.create_task(job.taken.wait())
    ends: set[asyncio.Future[object]] = {taken, job.answer}  # type: ignore[arg-type]
    try:
        await asyncio.wait(ends, timeout=_UNREPORTED_WAIT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        if not (taken.done() or job.answer.done()):
            yield _line(JobProgress(state=JobState.WAITING))
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if not job.answer.done():
            yield _line(JobProgress(state=JobState.RUNNING))
        async for lines, left_out in _told(job, heard):
            yield _line(JobProgress(state=JobState.RUNNING, lines=lines, left_out=left_out))
        try:
            yield _line(JobProgress(state=JobState.ENDED, result=await asyncio.shield(job.answer)))
        except LockstepError as error:
            yield _line(JobProgress(state=JobState.REFUSED, problem=problem_body(error), retry_after=error.retry_after))
    finally:
        taken.cancel()


async def _told(job: OpenJob, heard: int) -> AsyncIterator[tuple[tuple[str, ...], int]]:
    """What the job tells after its first `heard` lines, until it has its answer."""
    while True:
        more = asyncio.create_task(job.said.more())
        lines, left_out = job.said.since(heard)
        if lines or left_out:
            more.cancel()
            heard += len(lines) + left_out
            yield lines, left_out
        elif job.answer.done():
            more.cancel()
            return
        else:
            ends: set[asyncio.Future[object]] = {more, job.answer}  # type: ignore[arg-type]
            try:
                await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            finally:
                more.cancel()


@lacking.get("", summary="What cannot be run here, with the reasons", operation_id="get_lacks")
async def lacks(_: CallingService, runtime: CurrentRuntime) -> RuntimeLacks:
    return await lacks_of(runtime.probes, runtime.agents_lacking)


def _line(progress: JobProgress) -> str:
    return progress.model_dump_json(exclude_none=True) + "\n"


@leases.post("", response_model=RunnerLease)
async def take(token: BearerToken, runtime: CurrentRuntime) -> RunnerLease | Response:
    return await runtime.leases.give(token) or Response(status_code=204)


@leases.get("/{lease_id}/cancellation", response_model=None)
async def cancellation(lease_id: str, token: BearerToken, runtime: CurrentRuntime) -> Response:
    return Response(status_code=200 if await runtime.leases.is_over(lease_id, token) else 204)


@leases.get("/{lease_id}/run-token")
async def run_token(lease_id: str, token: BearerToken, runtime: CurrentRuntime) -> RunToken:
    return runtime.leases.run_token(lease_id, token)


@leases.post("/{lease_id}/lines", status_code=204)
async def tell(lease_id: str, told: ToldLines, token: BearerToken, runtime: CurrentRuntime) -> None:
    runtime.leases.tell(lease_id, token, told)


@leases.post("/{lease_id}/result", status_code=204)
async def hand_in(lease_id: str, result: ToolResult, token: BearerToken, runtime: CurrentRuntime) -> None:
    await runtime.leases.hand_in(lease_id, token, result)
