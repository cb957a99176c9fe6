"""Finds what is wrong with the tenant's own tools in a definition, and the versions that it goes by."""

from collections.abc import Mapping, Sequence

from control_plane.identity.callers import ApiCaller
from foundation.contracts.accepted.accepted_json import pointer_of
from foundation.contracts.definition import TaskDefinition
from foundation.contracts.egress.hosts import allows
from foundation.contracts.steps.tool import ToolStep
from foundation.contracts.tools.calls.staged_files import written_file_faults
from foundation.contracts.tools.catalogue import TOOLS
from foundation.contracts.tools.contract import ToolContract
from foundation.contracts.tools.tenant.contracts import contract_of, host_of
from foundation.contracts.tools.tenant.mcp_tool import McpContract
from foundation.contracts.tools.tenant.names import source_of
from foundation.domain.errors import Fault
from foundation.domain.words.quoting import quoted
from foundation.storage import tool_sources
from foundation.storage.session.database import Transaction

Named = Sequence[tuple[tuple[str | int, ...], str]]


async def with_tool_versions(
    tx: Transaction, caller: ApiCaller, definition: TaskDefinition
) -> tuple[TaskDefinition, list[Fault]]:
    """The definition with a version for each source that it names: the one that it says, or else the newest."""
    named = [(at, name) for at, name in definition.named_tools() if name not in TOOLS]
    sources = {source_of(name) for _, name in named}
    faults = [
        Fault(pointer_of(("tool_versions", source)), f"no step names a tool of {quoted(source)}; leave it out")
        for source in definition.tool_versions
        if source not in sources
    ]
    if not sources:
        return definition, faults
    newest = await tool_sources.newest_versions(tx, caller.tenant_id, sources)
    versions = {**newest, **definition.tool_versions}
    stored = await tool_sources.tools_of(tx, caller.tenant_id, versions)
    contracts = [contract_of(one.source, one.server, one.definition) for one in stored]
    known = {contract.name: contract for contract in contracts}
    faults += _unknown(definition, named, known, newest)
    faults += _unreached(definition, named, known)
    faults += _wrong_arguments(definition, known)
    pinned = {source: versions[source] for source in sorted(sources) if source in versions}
    return definition.model_copy(update={"tool_versions": pinned}), faults


def _unknown(
    definition: TaskDefinition, named: Named, known: Mapping[str, ToolContract], newest: Mapping[str, int]
) -> list[Fault]:
    faults = []
    have = {source_of(name) for name in known}
    wanted = {source_of(name) for _, name in named}
    for source, number in definition.tool_versions.items():
        if source in wanted - have:
            detail = f"the tenant has no version {number} of a source {quoted(source)}"
            faults.append(Fault(pointer_of(("tool_versions", source)), detail))
    for at, name in named:
        source = source_of(name)
        if source not in have and source not in definition.tool_versions:
            detail = f"the tenant has no source {quoted(source)}; PUT /api/v1/tool-sources/{source} makes one"
            faults.append(Fault(pointer_of(at), detail))
        elif source in have and name not in known:
            version = definition.tool_versions.get(source, newest.get(source))
            detail = f"version {version} of the source {quoted(source)} has no tool {quoted(name)}"
            faults.append(Fault(pointer_of(at), f"{detail}; GET /api/v1/tool-sources/{source} lists them"))
    return faults


def _unreached(definition: TaskDefinition, named: Named, known: Mapping[str, ToolContract]) -> list[Fault]:
    asked = [(at, name, host_of(known[name])) for at, name in named if name in known]
    return [
        Fault(pointer_of(at), f"{name} asks {host}, which the task's egress does not name")
        for at, name, host in asked
        if host is not None and not allows(definition.egress, host)
    ]


def _wrong_arguments(definition: TaskDefinition, known: Mapping[str, ToolContract]) -> list[Fault]:
    """Of steps that call such a tool: arguments that can never be right."""
    faults = []
    for index, step in enumerate(definition.steps):
        if not isinstance(step, ToolStep) or step.tool not in known:
            continue
        at = pointer_of(("steps", index, "arguments"))
        tool = known[step.tool]
        if isinstance(tool, McpContract):
            taken = [*tool.arguments.names_taken(step.arguments), *tool.source.file_names()]
            written = written_file_faults(step.arguments.get("files"), taken=taken)
            faults += [Fault(f"{at}/files{fault.pointer}", fault.detail) for fault in written]
        elif "files" in step.arguments:
            faults.append(Fault(f"{at}/files", f"{step.tool} reads no files; leave them out"))
        found = tool.faults(step.own_arguments, expressions=True)
        faults += [Fault(at + fault.pointer, fault.detail) for fault in found]
    return faults
