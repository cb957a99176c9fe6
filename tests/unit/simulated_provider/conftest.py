"""What these tests ask: the simulated provider in their own process."""

from collections.abc import AsyncIterator

import pytest

from fixtures.providers.provider_in_process import Provider, serving


@pytest.fixture(scope="session")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Provider]:
    async with serving(tmp_path_factory.mktemp("provider")) as provider:
        yield provider


@pytest.fixture
async def provider(served: Provider) -> AsyncIterator[Provider]:
    """The one that all tests share, with an invoice that begins empty."""
    served.begin()
    yield served
    await served.quiet()
