"""The tools that a definition may name: a new one is a file and a line here, and one of each in the runtime."""

import re
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from foundation.contracts.tools.browser import BROWSER
from foundation.contracts.tools.code_agent import CODE_AGENT
from foundation.contracts.tools.code_node import CODE_NODE
from foundation.contracts.tools.code_python import CODE_PYTHON
from foundation.contracts.tools.contract import ToolContract
from foundation.contracts.tools.files import FILES
from foundation.contracts.tools.git import GIT
from foundation.contracts.tools.http import HTTP
from foundation.contracts.tools.mcp.calling import MCP_CALL
from foundation.contracts.tools.mcp.listing import MCP_LIST
from foundation.contracts.tools.search import SEARCH
from foundation.contracts.tools.tenant.names import API, TENANT_TOOL, is_tenant_tool
from foundation.domain.tools import ToolEffect
from foundation.domain.words.quoting import quoted

TOOLS: dict[str, ToolContract] = {
    tool.name: tool for tool in (BROWSER, CODE_AGENT, CODE_NODE, CODE_PYTHON, FILES, GIT, HTTP, MCP_LIST, SEARCH)
}


_NAMES = "|".join(re.escape(name) for name in sorted(TOOLS))


def _tool(name: str) -> str:
    if name not in TOOLS and not is_tenant_tool(name):
        known = ", ".join(sorted(TOOLS))
        tenants = "those of the tenant, api.<source>.<operation> and mcp.<source>.<tool>"
        raise ValueError(f"unknown tool {quoted(name)}; known are {known}, and {tenants}")
    return name


def effect_without_contract(name: str, arguments: Mapping[str, Any], *, reaches: bool) -> ToolEffect:
    """What running a call twice would mean, for who has no tenant's tools at hand: of these the most careful."""
    return TOOLS[name].effect_of(arguments, reaches=reaches) if name in TOOLS else ToolEffect.ONCE


def failures_of(name: str) -> frozenset[str]:
    """The codes of a tool's own that a call of it may fail with, also of a tenant's, whose kind says them."""
    if name in TOOLS:
        return TOOLS[name].failures
    return HTTP.failures if name.startswith(f"{API}.") else MCP_CALL.failures


ToolName = Annotated[str, AfterValidator(_tool), Field(json_schema_extra={"pattern": f"^({_NAMES}|{TENANT_TOOL})$"})]
"""A tool as definitions name it. Of a tenant's only the form of the name is known here."""
