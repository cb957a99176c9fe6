"""What these tests ask: the simulated provider in their own process."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fixtures.provider_in_process import Provider, serving


@pytest.fixture
async def provider(tmp_path: Path) -> AsyncIterator[Provider]:
    async with serving(tmp_path) as provider:
        yield provider
