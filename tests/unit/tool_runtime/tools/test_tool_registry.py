"""A tool is a contract, a command and a name in the reference; what was forgotten is named here."""

from pathlib import Path

from foundation.contracts.tools.catalogue import TOOLS
from foundation.contracts.tools.mcp.calling import MCP_CALL
from tool_runtime.tools.registry import SANDBOX_TOOLS, find_tool

REFERENCE = Path(__file__).parents[4] / "docs" / "reference" / "task-definition.md"


def test_every_tool_that_a_definition_may_name_has_its_command() -> None:
    missing = sorted(TOOLS.keys() - SANDBOX_TOOLS.keys())
    assert not missing, f"no member of SANDBOX_TOOLS in tool_runtime/tools/registry.py runs {missing}"
    # What calls of a tenant's tools become: no definition names it.
    unknown = sorted(SANDBOX_TOOLS.keys() - TOOLS.keys() - {MCP_CALL.name})
    assert not unknown, f"TOOLS in foundation/contracts/tools/catalogue.py has no {unknown}"
    assert {name: find_tool(name).spec for name in TOOLS} == TOOLS


def test_the_reference_names_every_tool() -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    assert [name for name in TOOLS if f"`{name}`" not in text] == []
