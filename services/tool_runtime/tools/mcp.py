"""`mcp.list` and `mcp.call`: a client of MCP inside the sandbox, and beside it the server that is not on the web."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from foundation.contracts.tools.contract import ToolContract
from foundation.contracts.tools.mcp.calling import MCP_CALL, McpCallArguments
from foundation.contracts.tools.mcp.listing import MCP_LIST, TOLD_NAME, McpListArguments
from tool_runtime.sandbox.profiles import MCP_SITE
from tool_runtime.tools.base import BASE_ENVIRONMENT, NO_REPEATS, Invocation, Repeats, our_program
from tool_runtime.tools.programs.clock import SECONDS


@dataclass(frozen=True, slots=True)
class McpListTool:
    """A server is started and asked what it can do; nothing is called."""

    spec: ToolContract = MCP_LIST

    def invocation(self, arguments: Mapping[str, Any], *, repeats: Repeats = NO_REPEATS) -> Invocation:  # noqa: ARG002
        given = McpListArguments.model_validate(arguments)
        return _invocation(given.model_dump(mode="json"), given.timeout_seconds)


@dataclass(frozen=True, slots=True)
class McpCallTool:
    """What a server answers does to whoever reads it, it does in there."""

    spec: ToolContract = MCP_CALL

    def invocation(self, arguments: Mapping[str, Any], *, repeats: Repeats = NO_REPEATS) -> Invocation:  # noqa: ARG002
        given = McpCallArguments.model_validate(arguments)
        return _invocation(given.model_dump(mode="json"), given.timeout_seconds)


def _invocation(told: Mapping[str, Any], seconds: int) -> Invocation:
    return Invocation(
        argv=our_program("mcp_client.main", packages=MCP_SITE),
        env=BASE_ENVIRONMENT,
        files=((f"in/{TOLD_NAME}", json.dumps(told).encode()),),
        wall_seconds=seconds,
        seconds_in=SECONDS,
    )
