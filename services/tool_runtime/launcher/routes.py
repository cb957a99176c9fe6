"""Jobs for workers, leases for runners."""

import asyncio
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import ValidationError

from foundation.contracts.tool_job import ToolJob, ToolResult
from foundation.domain.errors import BadRequest
from foundation.http.problems import faults_from
from foundation.telemetry.logs import bind
from tool_runtime.launcher.board import OpenJob
from tool_runtime.launcher.dependencies import BearerToken, CallingService, CurrentRuntime
from tool_runtime.protocol import Lease
from tool_runtime.tools.registry import find_tool

jobs = APIRouter(prefix="/jobs", tags=["jobs"])
leases = APIRouter(prefix="/leases", tags=["leases"], include_in_schema=False)


@jobs.post("", summary="Run one job; the answer comes when it has ended")
async def submit(job: ToolJob, _: CallingService, runtime: CurrentRuntime) -> ToolResult:
    with bind(tenant_id=job.tenant_id, run_id=job.run_id, step_id=job.step_id, job_id=job.job_id):
        try:
            find_tool(job.tool).invocation(job.arguments)
        except ValidationError as error:
            raise BadRequest(
                "the tool does not take these arguments", faults=faults_from(list(error.errors()))
            ) from error
        await runtime.probe.check()
        # Shielded: the job goes on when one of its callers leaves.
        return await asyncio.shield(runtime.board.submit(job))


@jobs.delete("/{job_id}", summary="End a job and all its processes; the answer is its result")
async def cancel(job_id: UUID, _: CallingService, runtime: CurrentRuntime) -> ToolResult:
    found = runtime.board.cancel(job_id)
    if not isinstance(found, OpenJob):
        return found
    runtime.leases.end_if_it_lingers(found)
    return await asyncio.shield(found.answer)


@leases.post("", response_model=Lease)
async def take(token: BearerToken, runtime: CurrentRuntime) -> Lease | Response:
    return await runtime.leases.give(token) or Response(status_code=204)


@leases.get("/{lease_id}/cancellation", response_model=None)
async def cancellation(lease_id: str, token: BearerToken, runtime: CurrentRuntime) -> Response:
    return Response(status_code=200 if await runtime.leases.is_over(lease_id, token) else 204)


@leases.post("/{lease_id}/result", status_code=204)
async def hand_in(lease_id: str, result: ToolResult, token: BearerToken, runtime: CurrentRuntime) -> None:
    runtime.leases.hand_in(lease_id, token, result)
