"""The contract of a stored tool of a tenant's, of whichever kind its source is."""

from collections.abc import Mapping
from typing import Any

from foundation.contracts.tools.contract import ToolContract
from foundation.contracts.tools.tenant import api_tool, mcp_tool
from foundation.contracts.tools.tenant.api_tool import ApiContract, ApiTool
from foundation.contracts.tools.tenant.mcp_tool import McpContract, McpSource, McpTool


def contract_of(source: str, shared: Mapping[str, Any] | None, definition: Mapping[str, Any]) -> ToolContract:
    """`shared` is what all tools of an MCP server have in common; None for an API's."""
    if shared is None:
        return api_tool.contract_of(source, ApiTool.model_validate(definition))
    return mcp_tool.contract_of(source, McpSource.model_validate(shared), McpTool.model_validate(definition))


def host_of(contract: ToolContract) -> str | None:
    """The host that its calls ask, which the task's egress has to name; None where there is none to name."""
    if isinstance(contract, ApiContract):
        return contract.tool.host
    return contract.host if isinstance(contract, McpContract) else None
