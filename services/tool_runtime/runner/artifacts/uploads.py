"""Sends each artifact through the one presigned POST that was made for its index."""

import hashlib
from collections.abc import Mapping, Sequence

import httpx

from foundation.contracts.tool_job import WORKSPACE_TYPE, JobArtifact, JobReason, SkippedFile, ToolJob, UploadSlot
from tool_runtime.runner.artifacts.content_types import content_type_of
from tool_runtime.runner.faults import JobFaultError
from tool_runtime.runner.transfers import TransferFailed, check_status, transport_failures, with_tries
from tool_runtime.sandbox.carried import CarriedWorkspace

FORM_FILE = "file"
WORKSPACE_NAME = "workspace.tar.gz"


async def upload_artifacts(
    client: httpx.AsyncClient, files: Mapping[str, bytes], slots: Sequence[UploadSlot]
) -> tuple[list[JobArtifact], list[SkippedFile]]:
    """One slot a file, in order. What has no slot is skipped; raises `JobFaultError` when a slot refuses its file."""
    names = list(files)
    artifacts = []
    for name, slot in zip(names, slots, strict=False):
        artifacts.append(await _upload(client, slot, name=name, content=files[name]))
    return artifacts, [
        SkippedFile(path=name, reason="there is no place for more files") for name in names[len(slots) :]
    ]


async def upload_workspace(
    client: httpx.AsyncClient, job: ToolJob, workspace: CarriedWorkspace | None
) -> JobArtifact | None:
    """What the job left for the next one; None where nothing was kept. Raises `JobFaultError`."""
    if job.workspace is None or workspace is None or workspace.kept is None:
        return None
    sent = await _upload(client, job.workspace.upload, name=WORKSPACE_NAME, content=workspace.kept)
    return sent.model_copy(update={"content_type": WORKSPACE_TYPE})


async def _upload(client: httpx.AsyncClient, slot: UploadSlot, *, name: str, content: bytes) -> JobArtifact:
    """Stores one file; raises `JobFaultError` when the slot refuses it."""
    await _post(client, slot, name, content)
    return JobArtifact(
        index=slot.index,
        name=name,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        content_type=content_type_of(name, content),
    )


async def _post(client: httpx.AsyncClient, slot: UploadSlot, name: str, content: bytes) -> None:
    try:
        await _post_once(client, slot, content)
    except TransferFailed as error:
        detail = f"artifact `{name}` was not stored: {error}"
        raise JobFaultError(JobReason.UPLOAD_FAILED, detail, retryable=error.passing) from error


@with_tries
async def _post_once(client: httpx.AsyncClient, slot: UploadSlot, content: bytes) -> None:
    """The policy signs the fields, so none is added; the file comes last, as S3 wants it."""
    async with transport_failures():
        response = await client.post(slot.url, data=slot.fields, files={FORM_FILE: ("artifact", content)})
    check_status(response)
