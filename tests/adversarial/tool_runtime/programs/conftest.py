"""The ground on which attacks are played, with a database for their records."""

from collections.abc import AsyncIterator

import pytest

from fixtures.attacking.ground import Ground, attack_ground, attack_ground_of_tasks
from fixtures.machine.postgres import ScratchDatabase


@pytest.fixture(scope="session")
async def ground(scratch: ScratchDatabase, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    async with attack_ground(scratch, tmp_path_factory.mktemp("uids")) as made:
        yield made


@pytest.fixture(scope="session")
async def ground_of_tasks(scratch: ScratchDatabase, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Ground]:
    async with attack_ground_of_tasks(scratch, tmp_path_factory.mktemp("tasks")) as made:
        yield made
