"""What can be done with sources of tools. A document is read when it comes, and what is stored of it are its tools."""

import hashlib
import json
from typing import Any

from control_plane.definitions.tool_sources.schemas import NewToolSource, ToolSourceSummary, ToolSourceView
from control_plane.identity.callers import ApiCaller
from control_plane.requests.paging import Listing, Page, PageRequest
from foundation.contracts.definition import MAX_SOURCES
from foundation.contracts.tools.tenant.api_tool import ApiTool
from foundation.contracts.tools.tenant.openapi import ReadDocument, Wishes, read_openapi
from foundation.domain.errors import Conflict, Fault, InvalidDefinition, NotFound, VersionMismatch
from foundation.storage import tool_sources
from foundation.storage.people import audit
from foundation.storage.session.database import Transaction
from foundation.storage.tool_sources import ToolSource

KIND = "openapi"

_SOURCES = Listing[ToolSource]("tool_sources", lambda source: (source.name,), kinds=(str,))


async def page(tx: Transaction, caller: ApiCaller, paging: PageRequest) -> Page[ToolSourceSummary]:
    after = _SOURCES.after(paging)
    rows = await tool_sources.page(tx, caller.tenant_id, limit=paging.rows, after=after[0] if after else None)
    found, next_cursor = _SOURCES.cut(rows, paging)
    return Page(items=[ToolSourceSummary.of(source) for source in found], next_cursor=next_cursor)


async def get(tx: Transaction, caller: ApiCaller, name: str, *, version: int | None = None) -> ToolSourceView:
    """With a version, that one, also of a source that is out of use. Raises `NotFound`."""
    source = await tool_sources.get(tx, caller.tenant_id, name, version=version)
    if source is None:
        what = "source of tools" if version is None else "version of a source of tools"
        raise NotFound(f"there is no such {what}", remedy="GET /api/v1/tool-sources lists those of your tenant")
    stored = await tool_sources.tools_of(tx, caller.tenant_id, {name: source.version})
    return ToolSourceView.whole(source, [ApiTool.model_validate(one.definition) for one in stored])


def read(name: str, wanted: NewToolSource) -> ReadDocument:
    """What becomes of the document; `InvalidDefinition` with the places that cannot be taken."""
    wishes = Wishes(wanted.server, wanted.operations, wanted.effects)
    found = read_openapi(name, wanted.document, wishes)
    if found.faults:
        faults = tuple(Fault(_in_body(fault.pointer), fault.detail) for fault in found.faults)
        raise InvalidDefinition(f"the document cannot become tools: {faults[0].detail}", faults=faults)
    return found


async def put(
    tx: Transaction, caller: ApiCaller, name: str, wanted: NewToolSource, *, expected: int | None
) -> ToolSourceView:
    """The source at its next version, 1 when it is new; an expected version is the one that is replaced."""
    found = read(name, wanted)
    tenant_id = caller.tenant_id
    version = await tool_sources.raise_version(tx, tenant_id, name, kind=KIND, expected=expected)
    if version is None:
        raise await _mismatch(tx, caller, name, expected)
    if await tool_sources.count(tx, tenant_id) > MAX_SOURCES:
        raise Conflict(f"a tenant has at most {MAX_SOURCES} sources of tools", remedy="delete one that no task needs")
    digest = _digest(wanted)
    await tool_sources.insert_version(
        tx,
        tenant_id,
        name,
        version=version,
        digest=digest,
        left_out=[{"pointer": fault.pointer, "detail": fault.detail} for fault in found.left_out],
        tools={tool.operation: tool.model_dump(mode="json", by_alias=True) for tool in found.tools},
        by=caller.user_id,
    )
    hosts = sorted({tool.host for tool in found.tools})
    detail = {"version": version, "sha256": digest.hex(), "tools": len(found.tools), "hosts": hosts}
    await audit.record(tx, tenant_id, actor=caller.actor, action="tool_source.put", target=name, detail=detail)
    return await get(tx, caller, name)


async def delete(tx: Transaction, caller: ApiCaller, name: str, *, expected: int | None) -> None:
    """Takes it out of use: no new task may name its tools, and those that do go on with their version."""
    if not await tool_sources.archive(tx, caller.tenant_id, name, expected=expected):
        await get(tx, caller, name)
        raise await _mismatch(tx, caller, name, expected)
    await audit.record(tx, caller.tenant_id, actor=caller.actor, action="tool_source.delete", target=name)


async def _mismatch(tx: Transaction, caller: ApiCaller, name: str, expected: int | None) -> VersionMismatch:
    current = await tool_sources.get(tx, caller.tenant_id, name)
    where = "not there" if current is None else f"at version {current.version}"
    remedy = "read the source again and repeat your change"
    return VersionMismatch(f"the source is {where}, not at version {expected}", remedy=remedy)


def _in_body(pointer: str) -> str:
    return pointer.replace("/..", "/body", 1) if pointer.startswith("/../") else f"/body/document{pointer}"


def _digest(wanted: NewToolSource) -> bytes:
    told: dict[str, Any] = wanted.model_dump(mode="json")
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).digest()
