"""Fetches a job's inputs through their presigned addresses and believes none of them."""

import asyncio
import hashlib
from collections.abc import Sequence

import httpx

from foundation.contracts.tool_job import JobInput, JobReason
from tool_runtime.runner.faults import JobFaultError

TRIES = 3
PAUSE_SECONDS = 0.2


async def fetch_inputs(client: httpx.AsyncClient, inputs: Sequence[JobInput]) -> list[tuple[str, bytes]]:
    """Name and content of each input. Raises `JobFaultError` when one is unavailable or not what it should be."""
    return [(entry.name, await _fetch(client, entry)) for entry in inputs]


async def _fetch(client: httpx.AsyncClient, entry: JobInput) -> bytes:
    for attempt in range(TRIES):
        if attempt:
            await asyncio.sleep(PAUSE_SECONDS * 2**attempt)
        try:
            async with client.stream("GET", entry.url) as response:
                if response.status_code == httpx.codes.OK:
                    return await _checked(response, entry)
                status = response.status_code
        except httpx.TransportError as error:
            trouble, passing = type(error).__name__, True
        else:
            trouble, passing = f"HTTP {status}", status >= httpx.codes.INTERNAL_SERVER_ERROR
        if not passing:
            break
    detail = f"input `{entry.name}` could not be fetched: {trouble}"
    raise JobFaultError(JobReason.INPUT_UNAVAILABLE, detail, retryable=passing)


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
