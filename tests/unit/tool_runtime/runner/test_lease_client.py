"""A runner outlasts a launcher that is away, and gives up where the launcher no longer knows it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import httpx
import pytest

from fixtures.sandboxing.launchers import a_job
from foundation.contracts.tool_job import JobReason, JobStatus, ToolResult
from tool_runtime.protocol import RunnerLease
from tool_runtime.runner.lease_client import RESULT_TRIES, LeaseClient, LeaseLostError

LEASE = RunnerLease(lease_id="one", token="of-the-lease", job=a_job())
NOW = datetime.now(UTC)
RESULT = ToolResult(
    job_id=LEASE.job.job_id,
    status=JobStatus.CANCELLED,
    reason=JobReason.CANCELLED,
    detail="cancelled",
    retryable=False,
    ended_at=NOW,
)
AWAY = httpx.ConnectError("refused")
Answer = httpx.Response | httpx.TransportError


class Launcher:
    """Answers with what it is given, in order."""

    def __init__(self, *answers: Answer) -> None:
        self._answers: Iterator[Answer] = iter(answers)
        self.asked: list[str] = []

    def handle(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path} {request.headers['authorization']}")
        answer = next(self._answers)
        if isinstance(answer, httpx.TransportError):
            raise answer
        return answer

    @asynccontextmanager
    async def client(self) -> AsyncIterator[LeaseClient]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(self.handle)) as client:
            yield LeaseClient(client, launcher_url="http://launcher/", token="of-the-runner", pause_seconds=0)


def ok(content: str = "") -> httpx.Response:
    return httpx.Response(200, text=content)


async def test_a_job_is_waited_for_through_absences_and_empty_answers() -> None:
    launcher = Launcher(AWAY, httpx.Response(503), httpx.Response(204), *[AWAY] * 30, ok(LEASE.model_dump_json()))
    async with launcher.client() as leases:
        assert await leases.take() == LEASE
    assert set(launcher.asked) == {"POST /leases Bearer of-the-runner"}
    assert len(launcher.asked) == 34


async def test_a_token_that_is_not_accepted_is_not_tried_again() -> None:
    launcher = Launcher(httpx.Response(401))
    async with launcher.client() as leases:
        with pytest.raises(LeaseLostError, match="HTTP 401"):
            await leases.take()
    assert len(launcher.asked) == 1


@pytest.mark.parametrize("last", [ok(), httpx.Response(404)], ids=["cancelled", "unknown"])
async def test_a_cancellation_is_waited_for_until_it_comes_or_the_lease_is_gone(last: httpx.Response) -> None:
    launcher = Launcher(httpx.Response(204), AWAY, last)
    async with launcher.client() as leases:
        await leases.cancelled(LEASE)
    assert launcher.asked == ["GET /leases/one/cancellation Bearer of-the-lease"] * 3


async def test_a_result_is_handed_in_through_an_absence() -> None:
    launcher = Launcher(AWAY, httpx.Response(502), ok())
    async with launcher.client() as leases:
        await leases.give(LEASE, RESULT)
    assert launcher.asked == ["POST /leases/one/result Bearer of-the-lease"] * 3


async def test_a_result_is_given_up_when_the_launcher_stays_away() -> None:
    launcher = Launcher(*[AWAY] * (RESULT_TRIES + 1))
    async with launcher.client() as leases:
        with pytest.raises(LeaseLostError, match="does not answer"):
            await leases.give(LEASE, RESULT)
    assert len(launcher.asked) == RESULT_TRIES
