"""The launcher over HTTP; the worker signs a service token for each call."""

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import httpx
from pydantic import ValidationError

from foundation.contracts.gateway.job_access import RunTokenRenewal
from foundation.contracts.tool_job import PROGRESS_TYPE, JobProgress, JobState, ToolJob, ToolResult
from foundation.contracts.tools.calls.runtime_lacks import RuntimeLacks
from foundation.domain.errors import DependencyUnavailable, LeaseLost, LockstepError, SandboxUnavailable
from foundation.http.retry_after import seconds_until_retry
from foundation.http.service_tokens import ServiceTokenSigner
from foundation.telemetry.traces import current_traceparent
from orchestrator.clients.launcher.base import (
    AnswerUnreadable,
    JobNotTaken,
    JobRefused,
    JobUnknown,
    LauncherNotReached,
    OnLines,
    OnState,
)
from orchestrator.clients.not_reached import NotReached

AUDIENCE = "tool_runtime"
# Longer than a cancelled job may take to hand out what it had.
_CANCEL_SECONDS = 20
_RENEWAL_SECONDS = 10
_LACKS_SECONDS = 60
"""It builds a sandbox of each kind to find out, where nobody has asked for a while."""
_NOT_TAKEN = frozenset({429, 503})
"""The launcher's own answers to a job that it has not taken; another 5xx may come from somebody on the way."""
_RETRYABLE = frozenset({429, 502, 503, 504})


class HttpLauncher:
    """The port on a launcher's address."""

    def __init__(self, client: httpx.AsyncClient, signer: ServiceTokenSigner) -> None:
        """`client` has the launcher's address as its base and no read time-out: a job takes as long as it takes."""
        self._client = client
        self._signer = signer

    async def run(self, job: ToolJob, *, on_state: OnState, on_lines: OnLines | None = None) -> ToolResult:
        headers = {**self._headers(), "content-type": "application/json", "accept": PROGRESS_TYPE}
        try:
            async with self._client.stream("POST", "/jobs", content=job.model_dump_json(), headers=headers) as answer:
                if answer.status_code != httpx.codes.OK:
                    await answer.aread()
                    raise _refusal_at_once(job, answer)
                return await _last_state(answer, on_state, on_lines)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise LauncherNotReached(f"the launcher does not answer: {type(error).__name__}") from error
        except httpx.HTTPError as error:
            raise NotReached(f"the launcher does not answer: {type(error).__name__}") from error
        except ValidationError as error:
            # The same job would be answered the same way again.
            raise AnswerUnreadable("the launcher's answer cannot be read") from error

    async def renew(self, job: ToolJob, run_token: str) -> bool:
        renewal = RunTokenRenewal(generation=job.generation, fence=job.fence, run_token=run_token)
        headers = {**self._headers(), "content-type": "application/json"}
        path, content = f"/jobs/{job.job_id}/run-token", renewal.model_dump_json()
        with suppress(httpx.HTTPError):
            answer = await self._client.put(path, content=content, headers=headers, timeout=_RENEWAL_SECONDS)
            return answer.is_success
        return False

    async def cancel(self, job: ToolJob) -> ToolResult | None:
        holder = {"generation": job.generation, "fence": job.fence}
        with suppress(httpx.HTTPError, ValidationError):
            answer = await self._client.delete(
                f"/jobs/{job.job_id}", params=holder, headers=self._headers(), timeout=_CANCEL_SECONDS
            )
            if answer.status_code == httpx.codes.OK:
                return ToolResult.model_validate_json(answer.content)
        return None

    async def lacks(self) -> RuntimeLacks:
        """What the launcher cannot run. Raises `DependencyUnavailable`."""
        try:
            answer = await self._client.get("/lacks", headers=self._headers(), timeout=_LACKS_SECONDS)
            return RuntimeLacks.model_validate_json(answer.raise_for_status().content)
        except (httpx.HTTPError, ValidationError) as error:
            raise DependencyUnavailable(f"the launcher does not say what it lacks: {type(error).__name__}") from error

    def _headers(self) -> dict[str, str]:
        headers = {"authorization": f"Bearer {self._signer.service_token(AUDIENCE)}"}
        if traceparent := current_traceparent():
            headers["traceparent"] = traceparent
        return headers


async def _last_state(answer: httpx.Response, on_state: OnState, on_lines: OnLines | None) -> ToolResult:
    known: JobState | None = None
    async for line in _lines(answer):
        progress = JobProgress.model_validate_json(line)
        if progress.result is not None:
            return progress.result
        if progress.problem is not None:
            raise _refusal(int(progress.problem.get("status", 500)), progress.problem, progress.retry_after)
        if (progress.lines or progress.left_out) and on_lines is not None:
            await on_lines(progress.lines, progress.left_out)
        if progress.state is not known:
            known = progress.state
            await on_state(progress.state)
    raise DependencyUnavailable("the launcher's answer ended before the job")


async def _lines(answer: httpx.Response) -> AsyncIterator[bytes]:
    """The answer split at line feeds. `aiter_lines` also splits at characters that a JSON string may hold (U+2028)."""
    pending = b""
    async for data in answer.aiter_bytes():
        *whole, pending = (pending + data).split(b"\n")
        for line in whole:
            yield line


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        problem = answer.json()
    except ValueError:
        problem = None
    return problem if isinstance(problem, dict) else {}


def _refusal_at_once(job: ToolJob, answer: httpx.Response) -> LockstepError:
    """What the launcher said instead of taking the job."""
    if job.join_only and answer.status_code == httpx.codes.NOT_FOUND:
        return JobUnknown(f"the launcher does not know job {job.job_id}")
    error = _refusal(answer.status_code, _problem(answer), seconds_until_retry(answer.headers))
    if type(error) is DependencyUnavailable and answer.status_code in _NOT_TAKEN:
        return JobNotTaken(error.detail, retry_after=error.retry_after)
    return error


def _refusal(status: int, problem: dict[str, Any], retry_after: float | None) -> LockstepError:
    detail = str(problem.get("detail", f"the launcher answered {status}"))
    code = str(problem.get("type", "")).rpartition(":")[2]
    if code == SandboxUnavailable.code:
        return SandboxUnavailable(detail)
    if code == LeaseLost.code:
        return LeaseLost(detail)
    if status in _RETRYABLE or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return DependencyUnavailable(detail, retry_after=retry_after)
    return JobRefused(detail)
