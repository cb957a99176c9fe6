"""The sandbox must be there: these tests prove nothing without it, so they fail instead of being skipped."""

import pytest

from fixtures.sandboxing.sandboxes import sandbox_root
from tool_runtime.sandbox import assets
from tool_runtime.sandbox.walls.bwrap import find_bwrap


@pytest.fixture(scope="session", autouse=True)
def _a_sandbox_can_be_built() -> None:
    find_bwrap()
    installed = assets.install(sandbox_root())
    assert installed.site.is_dir(), f"packages for sandboxed code are missing in {installed.site}: make deploy-local"
