"""What can be done with sources of tools. A document is read when it comes, and what is stored of it are its tools."""

from control_plane.definitions.tool_sources.reading import of_document, of_server
from control_plane.definitions.tool_sources.schemas import NewToolSource, ToolSourceView
from control_plane.identity.callers import ApiCaller
from control_plane.requests.etags import stale
from foundation.contracts.accepted.sentences import first_of
from foundation.contracts.definition import MAX_SOURCES
from foundation.domain.errors import Conflict, InvalidDefinition, NotFound, VersionMismatch
from foundation.domain.words.quoting import quoted
from foundation.storage import tool_sources
from foundation.storage.people import audit
from foundation.storage.session.database import Transaction
from foundation.storage.session.seen import Expected


async def get(tx: Transaction, caller: ApiCaller, name: str, *, version: int | None = None) -> ToolSourceView:
    """With a version, that one, also of a source that is out of use. Raises `NotFound`."""
    source = await tool_sources.get(tx, caller.tenant_id, name, version=version)
    if source is None:
        what = "source of tools" if version is None else "version of a source of tools"
        raise NotFound(f"there is no such {what}", remedy="GET /api/v1/tool-sources lists those of your tenant")
    stored = await tool_sources.tools_of(tx, caller.tenant_id, {name: source.version})
    return ToolSourceView.whole(source, stored)


async def put(
    tx: Transaction, caller: ApiCaller, name: str, wanted: NewToolSource, *, expected: Expected
) -> tuple[ToolSourceView, bool]:
    """The source at its next version, and whether it is made; an expected version is the one that is replaced."""
    if faults := tuple(wanted.faults()):
        raise InvalidDefinition(first_of([fault.detail for fault in faults], most=1), faults=faults)
    if wanted.read_by is None:
        found = of_document(name, wanted)
    else:
        found = await of_server(tx, caller, name, wanted, wanted.read_by)
    tenant_id = caller.tenant_id
    raised = await tool_sources.raise_version(tx, tenant_id, name, kind=wanted.kind, expected=expected)
    if raised is None:
        raise await _mismatch(tx, caller, name, expected)
    version = raised.version
    if raised.kind != wanted.kind:
        detail = f"the source {quoted(name)} is of the kind {raised.kind}, and tasks go by its versions"
        raise Conflict(detail, remedy="give the new source another name")
    if await tool_sources.count(tx, tenant_id) > MAX_SOURCES:
        raise Conflict(f"a tenant has at most {MAX_SOURCES} sources of tools", remedy="delete one that no task needs")
    await tool_sources.insert_version(
        tx,
        tenant_id,
        name,
        version=version,
        digest=found.digest,
        left_out=found.left_out,
        tools=found.tools,
        by=caller.user_id,
        server=found.server,
    )
    about = {"version": version, "sha256": found.digest.hex(), "tools": len(found.tools), "hosts": found.hosts}
    await audit.record(tx, tenant_id, actor=caller.actor, action="tool_source.put", target=name, detail=about)
    return await get(tx, caller, name), raised.is_made


async def delete(tx: Transaction, caller: ApiCaller, name: str, *, expected: Expected) -> None:
    """Takes it out of use: no new task may name its tools, and those that do go on with their version."""
    if not await tool_sources.archive(tx, caller.tenant_id, name, expected=expected):
        await get(tx, caller, name)
        raise await _mismatch(tx, caller, name, expected)
    await audit.record(tx, caller.tenant_id, actor=caller.actor, action="tool_source.delete", target=name)


async def _mismatch(tx: Transaction, caller: ApiCaller, name: str, expected: Expected) -> VersionMismatch:
    current = await tool_sources.get(tx, caller.tenant_id, name)
    return stale("source", None if current is None else current.version, expected)
