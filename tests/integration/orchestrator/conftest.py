"""A worker's parts on a scratch database, without AWS."""

from collections.abc import AsyncIterator

import pytest

from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.parts import Parts, parts_on
from fixtures.running.runs import database
from foundation.cloud.executions.fake import FakeExecutions
from orchestrator.sweeping.sweeper import Sweeper


@pytest.fixture(scope="session")
async def parts(scratch: ScratchDatabase) -> AsyncIterator[Parts]:
    async with parts_on(scratch) as made:
        yield made


@pytest.fixture
def executions() -> FakeExecutions:
    """What the sweeper asks of Step Functions; none is known but what a test starts."""
    return FakeExecutions()


@pytest.fixture
async def sweeper(parts: Parts, scratch: ScratchDatabase, executions: FakeExecutions) -> AsyncIterator[Sweeper]:
    look = database(scratch, "sweeper")
    yield Sweeper(
        look,
        parts.orchestrator,
        executions,
        every_seconds=60,
        lease_seconds=45,
        standstill_seconds=30,
        budget_pause_seconds=300,
    )
    await look.close()
