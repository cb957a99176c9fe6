"""A worker's parts on a scratch database, without AWS."""

from collections.abc import AsyncIterator

import pytest

from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.parts import Parts
from fixtures.running.runs import database
from orchestrator.claiming.taking import Taker
from orchestrator.failpoints import Failpoints
from orchestrator.recording.outcome_writer import OutcomeWriter


@pytest.fixture(scope="session")
async def parts(scratch: ScratchDatabase) -> AsyncIterator[Parts]:
    owner, orchestrator = database(scratch), database(scratch, "orchestrator")
    taker = Taker(orchestrator, worker_id="worker-1", lease_seconds=45)
    yield Parts(owner, orchestrator, taker, OutcomeWriter(orchestrator, taker, Failpoints(None, environment="test")))
    await orchestrator.close()
    await owner.close()
