"""A worker's parts on a scratch database, without AWS."""

from collections.abc import AsyncIterator

import pytest

from fixtures.machine.postgres import ScratchDatabase
from fixtures.running.parts import Parts, parts_on


@pytest.fixture(scope="session")
async def parts(scratch: ScratchDatabase) -> AsyncIterator[Parts]:
    async with parts_on(scratch) as made:
        yield made
