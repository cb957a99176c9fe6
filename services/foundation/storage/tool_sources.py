"""Where a tenant's tools come from, in versions that never change; a task goes by the one that it was made with."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from foundation.domain.ids import TenantId, UserId
from foundation.storage.people import tenants
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.pages import Column, Kind, Orders, PagePart, Pages
from foundation.storage.session.rows import value_of
from foundation.storage.session.seen import Expected, only_makes, versions_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class ToolSource:
    """A source at its newest version, or at the one that was asked for; `tools` is how many that has."""

    name: str
    kind: str
    version: int
    digest: bytes
    left_out: list[dict[str, str]]
    tools: int
    created_at: datetime
    updated_at: datetime
    updated_by: UserId | None
    server: dict[str, Any] | None
    """Of an MCP server: what its tools have in common."""


@dataclass(frozen=True, slots=True)
class StoredTool:
    """One tool of one version: its contract is made of `definition`, and of the version's `server` where it has one."""

    source: str
    tool: str
    definition: dict[str, Any]
    server: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Raised:
    """The next version of a source, the kind that it is of and stays, and whether it was not in use until now."""

    version: int
    kind: str
    is_made: bool


_SELECT = (
    """SELECT s.name, s.kind, v.version, v.digest, v.left_out, s.created_at, v.created_at AS updated_at,
              v.created_by AS updated_by, v.server,
              (SELECT count(*) FROM source_tools t
               WHERE t.tenant_id = v.tenant_id AND t.name = v.name AND t.version = v.version) AS tools
       FROM tool_sources s
       JOIN tool_source_versions v ON v.tenant_id = s.tenant_id AND v.name = s.name
       WHERE s.tenant_id = :tenant_id""",
)

_NEXT = text(
    """INSERT INTO tool_sources (tenant_id, name, kind) VALUES (:tenant_id, :name, :kind)
       ON CONFLICT (tenant_id, name) DO UPDATE
       SET version = tool_sources.version + 1, archived_at = NULL
       WHERE NOT CAST(:only_new AS boolean) OR tool_sources.archived_at IS NOT NULL
       RETURNING version, kind"""
)
_LOCKED = text("SELECT archived_at FROM tool_sources WHERE tenant_id = :tenant_id AND name = :name FOR UPDATE")
_NEXT_OF = text(
    """UPDATE tool_sources SET version = version + 1
       WHERE tenant_id = :tenant_id AND name = :name AND archived_at IS NULL
         AND (CAST(:expected AS bigint[]) IS NULL OR version = ANY(:expected))
       RETURNING version, kind"""
)


PAGES = Pages(
    *_SELECT,
    "AND s.archived_at IS NULL AND v.version = s.version",
    orders=Orders({"name": (Column("s.name", Kind.TEXT, "name"),)}, "name"),
)


async def page(tx: Transaction, tenant_id: TenantId, part: PagePart) -> list[ToolSource]:
    """Those in use, each at its newest version."""
    return [value_of(ToolSource, row) for row in await PAGES.read(tx, part, {"tenant_id": tenant_id})]


async def get(tx: Transaction, tenant_id: TenantId, name: str, *, version: int | None = None) -> ToolSource | None:
    """The newest version of one in use; with a version, that one, also of a source that is out of use."""
    rows = await tx.execute(
        text(
            *_SELECT,
            """ AND s.name = :name AND CASE WHEN CAST(:version AS integer) IS NULL
                                            THEN s.archived_at IS NULL AND v.version = s.version
                                            ELSE v.version = :version END""",
        ),
        {"tenant_id": tenant_id, "name": name, "version": version},
    )
    row = rows.first()
    return value_of(ToolSource, row) if row else None


async def raise_version(
    tx: Transaction, tenant_id: TenantId, name: str, *, kind: str, expected: Expected
) -> Raised | None:
    """The next version, 1 for a source that there never was.

    None when an expected version is not the present one. A source that is out of use comes back with its next version.
    """
    given = {"tenant_id": tenant_id, "name": name}
    is_made = False
    if expected is None or expected.nothing:
        was = (await tx.execute(_LOCKED, given)).first()
        row = (await tx.execute(_NEXT, {**given, "kind": kind, "only_new": only_makes(expected)})).first()
        is_made = row is not None and (row.version == 1 if was is None else was.archived_at is not None)
    else:
        row = (await tx.execute(_NEXT_OF, {**given, "expected": expected.versions})).first()
    return Raised(row.version, row.kind, is_made) if row else None


async def insert_version(
    tx: Transaction,
    tenant_id: TenantId,
    name: str,
    *,
    version: int,
    digest: bytes,
    left_out: Sequence[Mapping[str, str]],
    tools: Mapping[str, Mapping[str, Any]],
    by: UserId,
    server: Mapping[str, Any] | None = None,
) -> None:
    """`tools` are the definitions by the tools' own names."""
    given = {"tenant_id": tenant_id, "name": name, "version": version}
    await tx.execute(
        text(
            """INSERT INTO tool_source_versions (tenant_id, name, version, digest, left_out, created_by, server)
               VALUES (:tenant_id, :name, :version, :digest, CAST(:left_out AS jsonb), :by, CAST(:server AS jsonb))"""
        ),
        {
            **given,
            "digest": digest,
            "left_out": jsonb(list(left_out)),
            "by": by,
            "server": None if server is None else jsonb(dict(server)),
        },
    )
    await tx.execute(
        text(
            """INSERT INTO source_tools (tenant_id, name, version, tool, definition)
               SELECT :tenant_id, :name, :version, key, value FROM jsonb_each(CAST(:tools AS jsonb))"""
        ),
        {**given, "tools": jsonb(dict(tools))},
    )


async def archive(tx: Transaction, tenant_id: TenantId, name: str, *, expected: Expected) -> bool:
    """Takes a source out of use, at this version if one is expected; whether it was in use."""
    rows = await tx.execute(
        text(
            """UPDATE tool_sources SET archived_at = now()
               WHERE tenant_id = :tenant_id AND name = :name AND archived_at IS NULL
                 AND (CAST(:expected AS bigint[]) IS NULL OR version = ANY(:expected)) RETURNING 1"""
        ),
        {"tenant_id": tenant_id, "name": name, "expected": versions_of(expected)},
    )
    return rows.first() is not None


async def count(tx: Transaction, tenant_id: TenantId) -> int:
    """Of sources in use, with what this transaction has added; further ones wait until it has ended."""
    await tenants.hold(tx, tenant_id)
    rows = await tx.execute(
        text("SELECT count(*) FROM tool_sources WHERE tenant_id = :tenant_id AND archived_at IS NULL"),
        {"tenant_id": tenant_id},
    )
    return int(rows.scalar_one())


async def newest_versions(tx: Transaction, tenant_id: TenantId, names: Collection[str]) -> dict[str, int]:
    """Of those of these sources that are in use."""
    rows = await tx.execute(
        text(
            """SELECT name, version FROM tool_sources
               WHERE tenant_id = :tenant_id AND archived_at IS NULL AND name = ANY(CAST(:names AS text[]))"""
        ),
        {"tenant_id": tenant_id, "names": list(names)},
    )
    return {row.name: row.version for row in rows}


async def tools_of(tx: Transaction, tenant_id: TenantId, versions: Mapping[str, int]) -> list[StoredTool]:
    """The tools of these versions of these sources, by their names."""
    rows = await tx.execute(
        text(
            """SELECT t.name AS source, t.tool, t.definition, v.server
               FROM jsonb_each_text(CAST(:versions AS jsonb)) wanted
               JOIN source_tools t
                 ON t.tenant_id = :tenant_id AND t.name = wanted.key AND t.version = wanted.value::integer
               JOIN tool_source_versions v
                 ON v.tenant_id = t.tenant_id AND v.name = t.name AND v.version = t.version
               ORDER BY t.name, t.tool"""
        ),
        {"tenant_id": tenant_id, "versions": jsonb(dict(versions))},
    )
    return [value_of(StoredTool, row) for row in rows]


async def all_in_use(tx: Transaction, tenant_id: TenantId) -> list[StoredTool]:
    """The tools of every source in use, at its newest version, by their names."""
    rows = await tx.execute(
        text(
            """SELECT t.name AS source, t.tool, t.definition, v.server
               FROM tool_sources s
               JOIN source_tools t ON t.tenant_id = s.tenant_id AND t.name = s.name AND t.version = s.version
               JOIN tool_source_versions v
                 ON v.tenant_id = t.tenant_id AND v.name = t.name AND v.version = t.version
               WHERE s.tenant_id = :tenant_id AND s.archived_at IS NULL ORDER BY t.name, t.tool"""
        ),
        {"tenant_id": tenant_id},
    )
    return [value_of(StoredTool, row) for row in rows]
