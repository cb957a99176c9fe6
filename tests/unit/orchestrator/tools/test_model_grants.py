"""A job gets a run token if its tool calls models, and new ones for as long as its worker waits for it."""

import asyncio
from itertools import count

from fixtures.running.works import a_work
from fixtures.sandboxing.launchers import a_job
from foundation.contracts.gateway.job_access import RENEW_SECONDS, ModelGrant
from foundation.contracts.tool_job import JobState, ToolJob
from foundation.http.service_tokens import LIFETIME_SECONDS
from orchestrator.clients.launcher.fake import FakeLauncher
from orchestrator.tools.model_grants import ModelGrants
from orchestrator.work import Work


async def ignore(_: JobState) -> None:
    return


def grants(launcher: FakeLauncher) -> ModelGrants:
    numbers = count(1)

    def run_token(work: Work) -> str:
        return f"token {next(numbers)} of fence {work.claim.fence}"

    return ModelGrants(run_token, launcher, every_seconds=0.001)


async def until(launcher: FakeLauncher, renewals: int) -> None:
    async with asyncio.timeout(60):
        while len(launcher.renewed) < renewals:  # noqa: ASYNC110 - the fake tells nobody
            await asyncio.sleep(0.001)


def test_only_a_tool_that_calls_models_is_granted_some() -> None:
    granting = grants(FakeLauncher())
    assert granting.of(a_work(), "code.python", 3) is None
    assert granting.of(a_work(), "code_agent", 3) == ModelGrant(run_token="token 1 of fence 1", turn=3)


async def test_new_tokens_are_handed_in_while_the_job_is_waited_for_and_no_longer() -> None:
    launcher = FakeLauncher(answer=lambda _: None)
    granting, work = grants(launcher), a_work(fence=2)
    job = a_job(fence=2, models=granting.of(work, "code_agent", 0))
    running = asyncio.create_task(launcher.run(job, on_state=ignore))
    async with granting.renewed(work, job):
        await until(launcher, 3)
    handed_in = list(launcher.renewed)
    assert handed_in[:2] == ["token 2 of fence 2", "token 3 of fence 2"]
    await asyncio.sleep(0.02)
    assert launcher.renewed == handed_in
    running.cancel()


async def test_a_launcher_that_does_not_take_one_is_offered_the_next() -> None:
    launcher = FakeLauncher(answer=lambda _: None)
    granting, work = grants(launcher), a_work()
    job = a_job(models=granting.of(work, "code_agent", 0))
    async with granting.renewed(work, job):
        await asyncio.sleep(0.02)
        assert launcher.renewed == []
        running = asyncio.create_task(launcher.run(job, on_state=ignore))
        await until(launcher, 1)
    running.cancel()


async def test_a_job_without_a_grant_gets_none_later() -> None:
    launcher = FakeLauncher(answer=lambda _: None)
    job: ToolJob = a_job()
    running = asyncio.create_task(launcher.run(job, on_state=ignore))
    async with grants(launcher).renewed(a_work(), job):
        await asyncio.sleep(0.02)
    assert launcher.renewed == []
    running.cancel()


def test_a_token_is_followed_by_another_before_it_lapses_even_if_one_is_lost() -> None:
    assert 2 * RENEW_SECONDS < LIFETIME_SECONDS
