"""The service keeps a job's proxy from its first connection to its end, and tells the launcher what it asked for."""

import asyncio
from collections.abc import Callable

import pytest

from fixtures.egress.homes import TOKEN, PlayedGrants, a_grant
from foundation.contracts.egress.records import EgressReason
from tool_runtime.egress.proxy import EgressProxy
from tool_runtime.egress_of_jobs import ProxySurroundings
from tool_runtime.egress_service.jobs import ServedJobs, maker_of_proxies
from tool_runtime.egress_service.launcher import NoGrantError


def jobs_of(grants: PlayedGrants) -> ServedJobs:
    return ServedJobs(grants, maker_of_proxies(grants, ProxySurroundings({})))


def refuse(proxy: EgressProxy, host: str = "elsewhere.example") -> None:
    """As if a request had been made."""
    with proxy.journal.entry() as entry:
        entry.name("GET", host, 80)
        entry.fail(EgressReason.HOST_NOT_ALLOWED)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - nothing here tells
            await asyncio.sleep(0.005)


async def test_the_launcher_is_asked_once_for_all_connections_of_a_job() -> None:
    grants = PlayedGrants()
    jobs = jobs_of(grants)
    found = await asyncio.gather(*(jobs.find(TOKEN, peer="10.0.0.1") for _ in range(5)))
    assert (grants.asked, len(set(found)), len(jobs)) == ([TOKEN], 1, 1)
    await jobs.close()


async def test_what_was_refused_once_is_asked_again_and_nothing_of_it_is_kept() -> None:
    grants = PlayedGrants()
    jobs = jobs_of(grants)
    for _ in range(2):
        with pytest.raises(NoGrantError, match="no job that runs"):
            await jobs.find("another", peer="10.0.0.1")
    assert (grants.asked, len(jobs)) == (["another", "another"], 0)


async def test_a_job_belongs_to_the_machine_that_came_first() -> None:
    jobs = jobs_of(PlayedGrants())
    await jobs.find(TOKEN, peer="10.0.0.1")
    with pytest.raises(NoGrantError, match="another machine"):
        await jobs.find(TOKEN, peer="10.0.0.2")
    assert await jobs.find(TOKEN, peer="10.0.0.1")
    await jobs.close()


@pytest.mark.parametrize("seconds", [60.0, 0.05], ids=["the launcher says so", "its grant is over"])
async def test_a_job_that_is_over_is_cut_told_and_forgotten(seconds: float) -> None:
    grants = PlayedGrants(a_grant(seconds=seconds))
    jobs = jobs_of(grants)
    job = await jobs.find(TOKEN, peer="10.0.0.1")
    refuse(job.proxy)
    if seconds == 60.0:
        grants.ended.set()
    await jobs.all_over()
    assert (grants.told[-1].is_last, len(jobs)) == (True, 0)
    assert [record.host for told in grants.told for record in told.records] == ["elsewhere.example"]
    assert job.proxy.closed == "the job is over"


async def test_requests_are_told_as_they_end_and_again_where_they_were_not_heard() -> None:
    grants = PlayedGrants(away=1)
    jobs = jobs_of(grants)
    job = await jobs.find(TOKEN, peer="10.0.0.1")
    refuse(job.proxy, "one.example")
    await until(lambda: len(grants.told) == 1)
    refuse(job.proxy, "two.example")
    await until(lambda: len(grants.told) == 2)
    assert [(told.after, [record.host for record in told.records]) for told in grants.told] == [
        (0, ["one.example"]),
        (1, ["two.example"]),
    ]
    await jobs.close()
    assert (grants.told[-1].after, grants.told[-1].records, grants.told[-1].is_last) == (2, (), True)
