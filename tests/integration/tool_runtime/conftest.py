"""One launcher for all tests of this folder, and a store for its inputs and artifacts."""

from collections.abc import AsyncIterator

import pytest
from joserfc.jwk import OKPKey

from fixtures.sandboxing.launchers import Launcher, a_key, launcher_process
from fixtures.sandboxing.presigned import PresignedStore, presigned_store


@pytest.fixture(scope="session")
def key() -> OKPKey:
    return a_key()


@pytest.fixture(scope="session")
async def launcher(tmp_path_factory: pytest.TempPathFactory, key: OKPKey) -> AsyncIterator[Launcher]:
    folder = tmp_path_factory.mktemp("launcher")
    async with launcher_process(
        folder, key, LOCKSTEP_LAUNCHER_MAX_RUNNING="2", LOCKSTEP_LAUNCHER_MAX_QUEUED="3"
    ) as made:
        yield made


@pytest.fixture
async def store() -> AsyncIterator[PresignedStore]:
    async with presigned_store() as made:
        yield made
