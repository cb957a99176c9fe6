"""A bench for each test, on one API."""

from collections.abc import AsyncIterator

import pytest

from fixtures.api.api_in_process import ApiInProcess
from fixtures.gateways.gateway import Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.schedules.bench import ScheduleBench, a_schedule_bench


@pytest.fixture
async def bench(lonely_api: ApiInProcess, scratch: ScratchDatabase, tenant: Tenant) -> AsyncIterator[ScheduleBench]:
    async with a_schedule_bench(lonely_api, scratch, tenant) as made:
        yield made
