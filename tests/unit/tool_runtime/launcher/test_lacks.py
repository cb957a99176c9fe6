"""A launcher says which sandboxes it cannot build, and which agents are not installed."""

from pathlib import Path

from foundation.contracts.tools.calls.runtime_lacks import RuntimeLacks
from foundation.domain.errors import SandboxUnavailable
from foundation.domain.tools import SandboxProfile
from tool_runtime.launcher.lacks import lacks_of
from tool_runtime.sandbox.profiles import PROFILES
from tool_runtime.tools.code_agent import AGENT_FOLDERS, agents_lacking
from tool_runtime.tools.programs.code_agent import claude_code, codex


class Probed:
    def __init__(self, trouble: str | None = None) -> None:
        self._trouble = trouble

    def forget(self) -> None:
        """Nothing is remembered."""

    async def check(self) -> None:
        if self._trouble:
            raise SandboxUnavailable(self._trouble)


async def test_each_sandbox_that_cannot_be_built_is_told_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "codex").mkdir()
    probes = {SandboxProfile.PYTHON: Probed(), SandboxProfile.BROWSER: Probed("no Chromium")}
    told = await lacks_of(probes, lambda: agents_lacking(tmp_path))
    assert told.sandboxes == {SandboxProfile.BROWSER: "no Chromium"}
    assert list(told.agents) == ["claude_code"]
    assert "not installed" in told.agents["claude_code"]
    assert await lacks_of({}, dict) == RuntimeLacks()


def test_an_agent_is_looked_for_where_its_sandbox_mounts_it_from() -> None:
    mounts = {mount.source: mount for mount in PROFILES[SandboxProfile.AGENT].mounts}
    programs = {"claude_code": claude_code.PROGRAM, "codex": codex.PROGRAM}
    for agent, folder in AGENT_FOLDERS.items():
        assert mounts[folder].is_optional
        assert programs[agent].is_relative_to(mounts[folder].target)
