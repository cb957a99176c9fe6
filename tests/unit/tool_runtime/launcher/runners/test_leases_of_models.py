"""A job that calls models gets the way to the gateway with its lease, and its token when it asks; no other job does."""

from typing import Any

import pytest

from fixtures.sandboxing.launchers import a_job, opened
from fixtures.sandboxing.sealed import a_seal, a_seal_jwks
from foundation.contracts.egress.sealing import Opener
from foundation.contracts.gateway.job_access import ModelGrant
from foundation.contracts.tool_job import JobReason, ToolJob, ToolResult
from foundation.contracts.tools.code_agent import USUAL_MODEL_CALLS
from foundation.domain.errors import LeaseLost, NotFound, Unauthenticated
from foundation.domain.tools import SandboxProfile
from tool_runtime.launcher.jobs.board import JobBoard
from tool_runtime.launcher.jobs.finished import FinishedJobs
from tool_runtime.launcher.runners.fake import FakeRunners
from tool_runtime.launcher.runners.leases import LeaseBook
from tool_runtime.launcher.runners.pool import Place
from tool_runtime.launcher.runners.pools import RunnerPools
from tool_runtime.protocol import ModelUpstream, RunnerLease, ToldLines

GATEWAY = "http://gateway:8081"
ASKED = {"agent": "claude_code", "model": "default", "instructions": "Mend it."}
GRANT = ModelGrant(run_token="the first token", turn=3)


def an_agents_job(**other: Any) -> ToolJob:
    return a_job(tool="code_agent", arguments=ASKED, **{"models": GRANT, **other})


def _never(_: ToolJob) -> ToolResult:
    raise AssertionError("no runner is started in these tests")


class OnePlace(RunnerPools):
    """Pools with one runner, whose token is `worker`."""

    def __init__(self, board: JobBoard, profile: SandboxProfile) -> None:
        super().__init__(FakeRunners("http://nowhere", _never), board, {}, spare=0, most_spare=0)
        self.place = Place(profile)

    def find(self, token: str) -> Place | None:
        return self.place if token == "worker" else None

    def holds(self, place: Place) -> bool:
        return place is self.place


class Bench:
    def __init__(self, *, gateway_url: str | None = GATEWAY, profile: SandboxProfile = SandboxProfile.AGENT) -> None:
        self.board = JobBoard(max_running=3, max_queued=5, finished=FinishedJobs(60, 1 << 20))
        pools = OnePlace(self.board, profile)
        opener = Opener(a_seal_jwks(a_seal(), private=True))
        self.leases = LeaseBook(self.board, pools, opener, gateway_url=gateway_url)

    async def lease(self) -> RunnerLease:
        lease = await self.leases.give("worker")
        assert lease is not None
        return lease


async def test_its_lease_has_the_gateway_and_no_token_and_the_token_is_the_newest() -> None:
    bench, job = Bench(), an_agents_job()
    opened(bench.board, job)
    lease = await bench.lease()
    assert lease.models == ModelUpstream(url=GATEWAY, turn=3, model="default", most_calls=USUAL_MODEL_CALLS)
    assert lease.job.models is None
    assert "the first token" not in lease.model_dump_json()
    assert bench.leases.run_token(lease.lease_id, lease.token).token == "the first token"
    bench.board.renew(job.job_id, job.holder, "the second token")
    assert bench.leases.run_token(lease.lease_id, lease.token).token == "the second token"
    assert "token" not in repr(job.models)
    with pytest.raises(Unauthenticated):
        bench.leases.run_token(lease.lease_id, "another")


async def test_who_joins_brings_a_token_of_its_own_and_an_earlier_holder_does_not() -> None:
    bench, job = Bench(), an_agents_job()
    opened(bench.board, job)
    lease = await bench.lease()
    later = an_agents_job(job_id=job.job_id, fence=2, models=ModelGrant(run_token="of the later holder", turn=3))
    opened(bench.board, later)
    assert bench.leases.run_token(lease.lease_id, lease.token).token == "of the later holder"
    with pytest.raises(LeaseLost):
        bench.board.renew(job.job_id, job.holder, "of the earlier one")
    with pytest.raises(NotFound):
        bench.board.renew(a_job().job_id, job.holder, "of no job")


async def test_a_job_of_another_tool_gets_no_way_to_the_gateway_even_if_it_is_sent_with_a_grant() -> None:
    bench = Bench(profile=SandboxProfile.PYTHON)
    opened(bench.board, a_job(models=GRANT))
    lease = await bench.lease()
    assert (lease.models, lease.job.models) == (None, None)


@pytest.mark.parametrize(
    ("gateway_url", "grant", "detail"),
    [
        pytest.param(None, {}, "has no gateway", id="no gateway"),
        pytest.param(GATEWAY, {"models": None}, "has no run token", id="no grant"),
    ],
)
async def test_one_that_cannot_call_models_is_not_begun(
    gateway_url: str | None, grant: dict[str, None], detail: str
) -> None:
    bench = Bench(gateway_url=gateway_url)
    entry = opened(bench.board, an_agents_job(**grant))
    assert await bench.leases.give("worker") is None
    result = await entry.answer
    assert (result.reason, result.retryable) == (JobReason.MODELS_UNAVAILABLE, False)
    assert detail in str(result.detail)


async def test_what_it_prints_is_there_for_who_waits() -> None:
    bench = Bench()
    entry = opened(bench.board, an_agents_job())
    lease = await bench.lease()
    bench.leases.tell(lease.lease_id, lease.token, ToldLines(lines=("one", "two"), left_out=1))
    assert entry.said.since(0) == (("one", "two"), 1)
    with pytest.raises(Unauthenticated):
        bench.leases.tell(lease.lease_id, "another", ToldLines(lines=("three",)))


def test_two_submissions_of_a_job_may_have_different_tokens() -> None:
    job = an_agents_job()
    other = job.model_copy(update={"models": ModelGrant(run_token="another", turn=3)})
    assert job.content_digest() == other.content_digest()
