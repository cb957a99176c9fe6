"""The worker's way to the tool runtime: submits a job and awaits its result."""

import asyncio
from contextlib import suppress
from uuid import UUID

import httpx
from pydantic import ValidationError

from foundation.contracts.tool_job import ToolJob, ToolResult
from foundation.domain.errors import DependencyUnavailable, LockstepError, SandboxUnavailable
from foundation.http.service_tokens import ServiceTokenSigner
from foundation.telemetry.traces import current_traceparent

AUDIENCE = "tool_runtime"
DRAINED = "drained"
"""The cancel message of a worker that gives its steps back."""
_CANCEL_SECONDS = 5


class JobRefused(LockstepError):
    """The launcher would not take the job, and would not take it again."""

    code = "job_refused"


class Launcher:
    def __init__(self, client: httpx.AsyncClient, signer: ServiceTokenSigner) -> None:
        """`client` has the launcher's address as its base and no read time-out: a job takes as long as it takes."""
        self._client = client
        self._signer = signer

    async def run(self, job: ToolJob) -> ToolResult:
        """The job's result. A caller that is cancelled cancels the job, unless it only drains: its heir joins the job.

        `SandboxUnavailable` when nothing can be isolated, `DependencyUnavailable` when the launcher does not answer
        or is full, `JobRefused` for a job that it will never take.
        """
        try:
            answer = await self._client.post(
                "/jobs", content=job.model_dump_json(), headers={**self._headers(), "content-type": "application/json"}
            )
        except httpx.HTTPError as error:
            raise DependencyUnavailable(f"the launcher does not answer: {type(error).__name__}") from error
        except asyncio.CancelledError as cancelled:
            if cancelled.args != (DRAINED,):
                await asyncio.shield(self._cancel(job.job_id))
            raise
        if answer.status_code == httpx.codes.OK:
            try:
                return ToolResult.model_validate_json(answer.content)
            except ValidationError as error:
                raise DependencyUnavailable("the launcher's answer cannot be read") from error
        raise _refusal(answer)

    async def _cancel(self, job_id: UUID) -> None:
        with suppress(httpx.HTTPError):
            await self._client.delete(f"/jobs/{job_id}", headers=self._headers(), timeout=_CANCEL_SECONDS)

    def _headers(self) -> dict[str, str]:
        headers = {"authorization": f"Bearer {self._signer.service_token(AUDIENCE)}"}
        if traceparent := current_traceparent():
            headers["traceparent"] = traceparent
        return headers


def _refusal(answer: httpx.Response) -> LockstepError:
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    detail = str(problem.get("detail", f"the launcher answered {answer.status_code}"))
    if str(problem.get("type", "")).endswith(":sandbox_unavailable"):
        return SandboxUnavailable(detail)
    if answer.status_code in {429, 502, 503, 504} or answer.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
        after = answer.headers.get("retry-after", "")
        return DependencyUnavailable(detail, retry_after=float(after) if after.isdigit() else None)
    return JobRefused(detail)
