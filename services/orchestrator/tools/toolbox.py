"""The contracts of the tools that a step may call, the platform's and those of its tenant, and what their jobs take.

A task goes by the version of a source that it was made with, so that a document which changes later changes no run.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from foundation.cloud.objects.base import ObjectStore
from foundation.contracts.accepted.file_names import names_in_each_others_way
from foundation.contracts.tools.catalogue import TOOLS
from foundation.contracts.tools.contract import ToolContract
from foundation.contracts.tools.http import HTTP
from foundation.contracts.tools.mcp.calling import MCP_CALL
from foundation.contracts.tools.tenant.api_tool import ApiContract
from foundation.contracts.tools.tenant.contracts import contract_of
from foundation.contracts.tools.tenant.mcp_tool import McpContract
from foundation.contracts.tools.tenant.names import source_of
from foundation.domain.failures import FailureCode
from foundation.storage import tool_sources
from foundation.storage.session.database import Database
from orchestrator.tools.files import stage
from orchestrator.tools.tool_call import ToolCall
from orchestrator.work import TickFailed, Work


async def equipped(database: Database, work: Work) -> Work:
    """The work with the contracts of its tools. `TickFailed` where one that its definition names is not there."""
    names = {name for _, name in work.step.named_tools(())} - TOOLS.keys()
    if not names:
        return work
    known = work.claim.tool_versions or {}
    versions = {source: known[source] for source in map(source_of, names) if source in known}
    async with database.tenant(work.claim.dispatch.tenant_id) as tx:
        stored = await tool_sources.tools_of(tx, work.claim.dispatch.tenant_id, versions)
    contracts = [contract_of(one.source, one.server, one.definition) for one in stored]
    own = {contract.name: contract for contract in contracts if contract.name in names}
    if missing := sorted(names - own.keys()):
        detail = f"the task's version of its source has no {missing[0]}; make a new version of the task"
        raise TickFailed(FailureCode.TOOL_MISSING, detail)
    return replace(work, tools={**TOOLS, **own})


def job_of(contract: ToolContract, arguments: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The tool of the runtime that makes a call, and what that takes: a call of an API is one of `http`."""
    if isinstance(contract, ApiContract):
        return HTTP.name, contract.request(arguments)
    if isinstance(contract, McpContract):
        return MCP_CALL.name, contract.request(arguments)
    return contract.name, dict(arguments)


async def with_packages(database: Database, objects: ObjectStore, work: Work, call: ToolCall) -> ToolCall:
    """The call with what its server is made of; any other call as it is. `TickFailed` where a package is not there."""
    contract = work.tools.get(call.tool)
    if not isinstance(contract, McpContract) or not contract.source.files:
        return call
    references = [file.model_dump() for file in contract.source.files]
    packages = await stage(database, objects, work.claim.dispatch.tenant_id, references, at="/server/files")
    if clash := names_in_each_others_way(entry.name for entry in (*packages, *call.inputs)):
        detail = f"a package of the server and the file {clash[1]!r} cannot both be staged; give the file another name"
        raise TickFailed(FailureCode.FILES_INVALID, detail)
    return replace(call, inputs=(*packages, *call.inputs))
