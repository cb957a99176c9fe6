"""A bench for each test, on one API."""

from collections.abc import AsyncIterator

import pytest

from fixtures.gateways.gateway import Signing, Tenant
from fixtures.machine.postgres import ScratchDatabase
from fixtures.webhooks.bench import Bench, Opened, a_bench, an_opened_api


@pytest.fixture(scope="session")
async def opened(scratch: ScratchDatabase, signing: Signing) -> AsyncIterator[Opened]:
    async with an_opened_api(scratch, signing) as made:
        yield made


@pytest.fixture
async def bench(opened: Opened, scratch: ScratchDatabase, tenant: Tenant) -> AsyncIterator[Bench]:
    async with a_bench(opened, scratch, tenant) as made:
        yield made
