"""A runner's life: build a sandbox, take one lease, run it, hand in the result, end."""

import asyncio
import contextlib
import math
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

from foundation.contracts.egress.private_hosts import private_hosts
from foundation.contracts.egress.records import EgressReport
from foundation.contracts.job_spans import MOST_SPANS
from foundation.contracts.tool_job import JobReason, ToolResult
from foundation.domain.errors import SandboxUnavailable
from foundation.http.outgoing import http_client
from foundation.telemetry.logs import bind, logger
from foundation.telemetry.spans.buffer import KEPT
from foundation.telemetry.spans.record import SpanAttribute
from foundation.telemetry.traces import annotate, failed, span
from tool_runtime.job_lines import Telling
from tool_runtime.job_spans import job_spans
from tool_runtime.protocol import RunnerLease
from tool_runtime.runner.execute import JobGrants, Surroundings, execute
from tool_runtime.runner.lease_client import LeaseClient
from tool_runtime.runner.settings import RunnerSettings, surroundings
from tool_runtime.sandbox.assets import locate
from tool_runtime.sandbox.box import Box
from tool_runtime.sandbox.profiles import PROFILES
from tool_runtime.sandbox.uids import take_uid
from tool_runtime.sandbox.walls import bwrap, task
from tool_runtime.sandbox.watch.machine import HostFloor
from tool_runtime.tools.registry import find_tool

TRANSFER_SECONDS = 30.0

_log = logger(__name__)


async def serve_one_job(settings: RunnerSettings, *, told_to_end: asyncio.Event | None = None) -> None:
    """Raises `SandboxUnavailable` before any lease is taken when no sandbox can be built.

    A runner that is told to end takes no job any more; one that has a job ends it, as long as it is let.
    """
    settings.way_out()
    # The sandbox stands before the job arrives: its cost is not on the job's way.
    async with _sandbox(settings) as box, http_client(timeout=TRANSFER_SECONDS) as client:
        token = settings.token.get_secret_value()
        leases = LeaseClient(client, launcher_url=settings.launcher_url, token=token)
        lease = await leases.take(gives_up=_patience(settings.idle_seconds, told_to_end or asyncio.Event()))
        _refuse_another_way_out(settings, lease)
        around = Surroundings(client, box, private_hosts(settings.egress_private), settings.egress_authorities)
        result = await _run(leases, lease, around)
        # Of what left by a service the launcher is told by that, and makes the spans.
        asked = result.egress if lease.egress is None else EgressReport()
        spans = job_spans(KEPT.take(MOST_SPANS), asked)
        await leases.give(lease, result.model_copy(update={"spans": spans}))


def _refuse_another_way_out(settings: RunnerSettings, lease: RunnerLease) -> None:
    """Raises `SandboxUnavailable` where the launcher has another one in mind than whoever set this runner up."""
    given = "own" if lease.egress is None else "service"
    if given != settings.way_out():
        raise SandboxUnavailable(
            f"The job is to leave by `{given}`, and this runner is for `{settings.way_out()}`.",
            remedy="Start runners by the launcher that gives them their jobs.",
        )


def _patience(idle_seconds: float | None, told_to_end: asyncio.Event) -> Callable[[], bool]:
    """Whether to wait no longer for a job."""
    loop = asyncio.get_running_loop()
    until = math.inf if idle_seconds is None else loop.time() + idle_seconds
    return lambda: told_to_end.is_set() or loop.time() >= until


@contextlib.asynccontextmanager
async def _sandbox(settings: RunnerSettings) -> AsyncIterator[Box]:
    """One of the kind that the settings name, and no other where that one cannot be had."""
    profile = PROFILES[settings.profile]
    if settings.backend == "task":
        # The task is the job's own machine: there are no neighbours to choose a uid beside, or to spare.
        box = Box(await task.start(profile, surroundings()))
        try:
            yield box
        finally:
            await box.close()
        return
    uid = take_uid(settings.uid_locks)
    try:
        started = await bwrap.start(locate(settings.sandbox_root), profile, uid=uid.uid)
        floor = HostFloor(settings.neighbours, part=settings.host_memory_floor)
        box = Box(started, host_floor=floor)
        try:
            yield box
        finally:
            await box.close()
            floor.close()
    finally:
        uid.release()


async def _run(leases: LeaseClient, lease: RunnerLease, around: Surroundings) -> ToolResult:
    job = lease.job
    names = {"tenant_id": job.tenant_id, "run_id": job.run_id, "step_id": job.step_id, "job_id": job.job_id}
    with bind(**names), span(f"run {job.tool}", traceparent=job.traceparent):
        _log.info("job started", extra={"tool": job.tool})
        grants = JobGrants(lease.injections, lease.search, lease.models, lambda: leases.run_token(lease), lease.egress)
        async with _stopped_on_cancellation(leases, lease, around.box.stop), _telling(leases, lease, around.box):
            result = await execute(job, around, grants)
        ended = {"status": result.status, "reason": result.reason, "duration_ms": result.usage.wall_ms}
        annotate({SpanAttribute.GEN_AI_TOOL_NAME: job.tool, SpanAttribute.OUTCOME: result.status.value})
        if result.reason is not None:
            failed(result.reason.value)
        _log.info("job ended", extra={"tool": job.tool, **ended, "max_rss_bytes": result.usage.max_rss_bytes})
        return result


def _telling(leases: LeaseClient, lease: RunnerLease, box: Box) -> AbstractAsyncContextManager[None]:
    """Tells what the job prints, where its tool's jobs do."""
    after = find_tool(lease.job.tool).spec.tells_after
    if after is None:
        return contextlib.nullcontext()
    telling = Telling(lambda told: leases.tell(lease, told), begins_after=after)
    box.stdout.hears = telling.hear
    return telling.going_on()


@contextlib.asynccontextmanager
async def _stopped_on_cancellation(
    leases: LeaseClient, lease: RunnerLease, stop: Callable[[JobReason, str], None]
) -> AsyncIterator[None]:
    async def listen() -> None:
        await leases.cancelled(lease)
        stop(JobReason.CANCELLED, "cancelled")

    listening = asyncio.create_task(listen())
    try:
        yield
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
