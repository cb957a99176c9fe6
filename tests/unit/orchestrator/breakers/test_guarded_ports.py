"""What a worker cannot reach it does not ask for a while; whoever answers, if only to refuse, is reached."""

import asyncio

import httpx
import pytest
from joserfc.jwk import OKPKey

from fixtures.machine.free_port import free_port
from fixtures.sandboxing.launchers import a_job
from foundation.contracts.gateway.operations import BreakerState
from foundation.contracts.tool_job import JobState
from foundation.http.service_tokens import ServiceTokenSigner
from orchestrator.breakers.breaker import FAILURES, BreakerOpen, WorkerBreaker
from orchestrator.breakers.guarded import GuardedLauncher
from orchestrator.clients.launcher.base import JobNotTaken, LauncherNotReached
from orchestrator.clients.launcher.fake import FakeLauncher
from orchestrator.clients.launcher.http import HttpLauncher

SIGNER = ServiceTokenSigner(
    OKPKey.generate_key("Ed25519", {"kid": "test"}, private=True).as_dict(private=True), service="orchestrator"
)


async def ignore(_: JobState) -> None:
    return


async def test_a_launcher_that_cannot_be_reached_is_not_asked_again_and_again() -> None:
    breaker = WorkerBreaker("tool_launcher")
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{free_port()}") as client:
        launcher = GuardedLauncher(HttpLauncher(client, SIGNER), breaker)
        for _ in range(FAILURES):
            with pytest.raises(LauncherNotReached):
                await launcher.run(a_job(), on_state=ignore)
        with pytest.raises(BreakerOpen) as refused:
            await launcher.run(a_job(), on_state=ignore)
    assert refused.value.retry_after is not None


async def test_one_that_is_full_is_reached() -> None:
    breaker = WorkerBreaker("tool_launcher")
    full = httpx.MockTransport(lambda _: httpx.Response(503, headers={"retry-after": "1"}))
    async with httpx.AsyncClient(transport=full, base_url="http://launcher") as client:
        launcher = GuardedLauncher(HttpLauncher(client, SIGNER), breaker)
        for _ in range(FAILURES + 1):
            with pytest.raises(JobNotTaken):
                await launcher.run(a_job(), on_state=ignore)
    assert breaker.state is BreakerState.CLOSED


async def test_a_trial_has_succeeded_as_soon_as_the_job_is_taken_however_long_it_runs() -> None:
    now = 0.0
    breaker = WorkerBreaker("tool_launcher", clock=lambda: now, failures=1)
    breaker.on_failure()
    now = 1000.0
    launcher, taken = GuardedLauncher(FakeLauncher(answer=lambda _: None, max_running=1), breaker), asyncio.Event()

    async def on_state(_: JobState) -> None:
        taken.set()

    running = asyncio.create_task(launcher.run(a_job(), on_state=on_state))
    await taken.wait()
    assert breaker.state is BreakerState.CLOSED
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
