"""Fetches a job's inputs through their presigned addresses and believes none of them."""

import hashlib
from collections.abc import Sequence

import httpx

from foundation.contracts.tool_job import JobInput, JobReason, ToolJob
from tool_runtime.runner.faults import JobFaultError
from tool_runtime.runner.transfers import TransferFailed, check_status, transport_failures, with_tries
from tool_runtime.sandbox.carried import CarriedWorkspace


async def fetch_inputs(client: httpx.AsyncClient, inputs: Sequence[JobInput]) -> list[tuple[str, bytes]]:
    """Name and content of each input. Raises `JobFaultError` when one is unavailable or not what it should be."""
    return [(entry.name, await _fetch(client, entry)) for entry in inputs]


async def fetch_workspace(client: httpx.AsyncClient, job: ToolJob) -> CarriedWorkspace | None:
    """What the job begins with; None for one without a workspace. Raises `JobFaultError` when it cannot be had."""
    if job.workspace is None:
        return None
    taken = job.workspace.taken
    archive = None if taken is None else await _fetch(client, taken)
    return CarriedWorkspace(archive, job.workspace.limits.model_dump())


async def _fetch(client: httpx.AsyncClient, entry: JobInput) -> bytes:
    try:
        return await _fetch_once(client, entry)
    except TransferFailed as error:
        detail = f"input `{entry.name}` could not be fetched: {error}"
        raise JobFaultError(JobReason.INPUT_UNAVAILABLE, detail, retryable=error.passing) from error


@with_tries
async def _fetch_once(client: httpx.AsyncClient, entry: JobInput) -> bytes:
    async with transport_failures(), client.stream("GET", entry.url) as response:
        check_status(response)
        return await _checked(response, entry)


async def _checked(response: httpx.Response, entry: JobInput) -> bytes:
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > entry.size:
            break
    if len(content) != entry.size or hashlib.sha256(content).hexdigest() != entry.sha256:
        detail = f"input `{entry.name}` is not what the job names: its size or digest differs"
        raise JobFaultError(JobReason.INPUT_MISMATCH, detail, retryable=False)
    return bytes(content)
