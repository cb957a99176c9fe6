"""A tool of the tenant's that the task's version of its source has not fails the step before anything is called."""

import pytest

from fixtures.running.parts import Parts
from fixtures.running.works import a_work
from foundation.contracts.tools.catalogue import TOOLS
from orchestrator.tools.toolbox import equipped
from orchestrator.work import TickFailed


async def test_a_tool_that_is_not_there_is_named(parts: Parts) -> None:
    step = {"name": "ask", "kind": "tool", "tool": "api.pets.get_pet", "arguments": {}}
    for versions in (None, {}, {"pets": 1}):
        with pytest.raises(TickFailed, match=r"has no api\.pets\.get_pet") as failed:
            await equipped(parts.orchestrator, a_work(step, tool_versions=versions))
        assert (failed.value.failure.code, failed.value.retryable) == ("tool_missing", False)


async def test_a_step_without_such_tools_asks_for_none(parts: Parts) -> None:
    work = a_work({"name": "ask", "kind": "tool", "tool": "http", "arguments": {}})
    assert await equipped(parts.orchestrator, work) is work
    assert work.tools is TOOLS
