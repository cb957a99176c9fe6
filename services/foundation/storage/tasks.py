"""Tasks and their immutable versions."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from psycopg import IntegrityError

from foundation.contracts.accepted.shown_text import as_read
from foundation.domain.errors import Conflict
from foundation.domain.ids import TaskId, TenantId, UserId
from foundation.domain.words.quoting import quoted
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.pages import Column, Kind, Orders, PagePart, Pages, Portion, by_age
from foundation.storage.session.rows import value_of
from foundation.storage.session.seen import Expected, SeenTags, versions_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class Task:
    """A task with one version of its definition."""

    task_id: TaskId
    name: str
    version: int
    definition: dict[str, Any]
    turns_per_dispatch: int
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


@dataclass(frozen=True, slots=True)
class TaskVersion:
    """A version of a task's definition as it is listed; `definition` is empty where it is not read."""

    version: int
    name: str
    created_at: datetime
    created_by: UserId | None
    definition: dict[str, Any]


_SELECT = """
    SELECT t.task_id, v.definition ->> 'name' AS name, v.version, v.definition,
           v.turns_per_dispatch, t.created_at, t.updated_at, t.archived_at
    FROM tasks t JOIN task_versions v USING (tenant_id, task_id)
"""


async def insert(tx: Transaction, tenant_id: TenantId, task_id: TaskId, *, name: str) -> str | None:
    """Inserts a task without a version; the name of the live task that has this one, or one that reads the same."""
    row = await tx.execute(
        text(
            """INSERT INTO tasks (tenant_id, task_id, name, reading) VALUES (:tenant_id, :task_id, :name, :reading)
               ON CONFLICT DO NOTHING RETURNING 1"""
        ),
        {"tenant_id": tenant_id, "task_id": task_id, "name": name, "reading": _reading(name)},
    )
    if row.first() is not None:
        return None
    return await other_of_name(tx, tenant_id, task_id, name=name) or name


async def other_of_name(tx: Transaction, tenant_id: TenantId, task_id: TaskId, *, name: str) -> str | None:
    """The name of another live task that has this name, or one that reads the same; None where there is none.

    A task that keeps its name is let be: it may have been there before names were compared so.
    """
    row = await tx.execute(
        text(
            """SELECT o.name FROM tasks o
               WHERE o.tenant_id = :tenant_id AND o.task_id <> :task_id AND o.archived_at IS NULL
                 AND (o.name = :name OR o.reading = :reading)
                 AND NOT EXISTS (SELECT FROM tasks t WHERE t.tenant_id = :tenant_id AND t.task_id = :task_id
                                   AND t.name = :name)
               ORDER BY o.name = :name DESC LIMIT 1"""
        ),
        {"tenant_id": tenant_id, "task_id": task_id, "name": name, "reading": _reading(name)},
    )
    first = row.first()
    return None if first is None else str(first.name)


def _reading(name: str) -> bytes:
    """The SHA-256 of what people read, which may be many times as long as the name: too long for an index."""
    return hashlib.sha256(as_read(name).encode("utf-8", "surrogatepass")).digest()


async def insert_version(
    tx: Transaction,
    tenant_id: TenantId,
    task_id: TaskId,
    *,
    version: int,
    definition: dict[str, Any],
    turns_per_dispatch: int,
    created_by: UserId | None,
) -> None:
    await tx.execute(
        text(
            """INSERT INTO task_versions (tenant_id, task_id, version, definition, turns_per_dispatch, created_by)
               VALUES (:tenant_id, :task_id, :version, CAST(:definition AS jsonb), :turns_per_dispatch, :created_by)"""
        ),
        {
            "tenant_id": tenant_id,
            "task_id": task_id,
            "version": version,
            "definition": jsonb(definition),
            "turns_per_dispatch": turns_per_dispatch,
            "created_by": created_by,
        },
    )


async def raise_version(
    tx: Transaction, tenant_id: TenantId, task_id: TaskId, *, expected: SeenTags, name: str
) -> int | None:
    """The number of the next version; None when the latest was not seen or the task is archived.

    `Conflict` when another live task has the name, or one that reads the same; then the transaction is lost.
    """
    try:
        row = await tx.execute(
            text(
                """UPDATE tasks SET version = version + 1, name = CAST(:name AS text), updated_at = now(),
                                    reading = CASE WHEN name = CAST(:name AS text) THEN reading
                                                   ELSE CAST(:reading AS bytea) END
                   WHERE tenant_id = :tenant_id AND task_id = :task_id AND archived_at IS NULL
                     AND (CAST(:expected AS bigint[]) IS NULL OR version = ANY(:expected))
                   RETURNING version"""
            ),
            {
                "tenant_id": tenant_id,
                "task_id": task_id,
                "expected": expected.versions,
                "name": name,
                "reading": _reading(name),
            },
        )
    except IntegrityError as error:
        detail = f"another task has just been named {quoted(name)}, or so that it reads the same"
        raise Conflict(detail, remedy="choose another name") from error
    version: int | None = row.scalar_one_or_none()
    return version


async def archive(tx: Transaction, tenant_id: TenantId, task_id: TaskId, *, expected: Expected) -> bool:
    """Takes the task out of use, at a version that is expected if any is; its runs and versions stay."""
    row = await tx.execute(
        text(
            """UPDATE tasks SET archived_at = now() WHERE tenant_id = :tenant_id AND task_id = :task_id
               AND archived_at IS NULL AND (CAST(:expected AS bigint[]) IS NULL OR version = ANY(:expected))
               RETURNING 1"""
        ),
        {"tenant_id": tenant_id, "task_id": task_id, "expected": versions_of(expected)},
    )
    return row.first() is not None


async def keep(tx: Transaction, tenant_id: TenantId, reference: TaskId | str) -> None:
    """Nobody archives the task, which is live and has this id or name, until the transaction ends.

    For whoever makes something that uses it, before they look whether it is there. What is read in the statement that
    waits for a lock may be older than the lock, so that this one reads nothing.
    """
    await tx.execute(
        text(
            """SELECT FROM tasks WHERE tenant_id = :tenant_id AND archived_at IS NULL
                 AND (task_id::text = lower(:reference) OR name = :reference) ORDER BY task_id FOR KEY SHARE"""
        ),
        {"tenant_id": tenant_id, "reference": str(reference)},
    )


async def get(tx: Transaction, tenant_id: TenantId, task_id: TaskId, *, version: int | None = None) -> Task | None:
    """The task with the given version, or with its latest."""
    row = await tx.execute(
        text(
            _SELECT
            + """WHERE t.tenant_id = :tenant_id AND t.task_id = :task_id
                   AND v.version = COALESCE(CAST(:version AS int), t.version)"""
        ),
        {"tenant_id": tenant_id, "task_id": task_id, "version": version},
    )
    first = row.first()
    return value_of(Task, first) if first else None


async def find(tx: Transaction, tenant_id: TenantId, reference: str) -> Task | None:
    """The live task with this id or, where the text is none of a live task, with this name; in its latest version."""
    row = await tx.execute(
        text(
            _SELECT
            + """WHERE t.tenant_id = :tenant_id AND v.version = t.version AND t.archived_at IS NULL
                   AND (t.task_id::text = lower(:reference) OR t.name = :reference)
                 ORDER BY t.task_id::text = lower(:reference) DESC LIMIT 1"""
        ),
        {"tenant_id": tenant_id, "reference": reference},
    )
    first = row.first()
    return value_of(Task, first) if first else None


PAGES = Pages(
    """SELECT t.task_id, t.name, v.version, CASE WHEN :with_definition THEN v.definition ELSE '{}' END AS definition,
              v.turns_per_dispatch, t.created_at, t.updated_at, t.archived_at
       FROM tasks t JOIN task_versions v USING (tenant_id, task_id)
       WHERE t.tenant_id = :tenant_id AND v.version = t.version AND t.archived_at IS NULL""",
    orders=Orders(
        {"created_at": by_age("created_at", "task_id", of="t"), "name": (Column("t.name", Kind.TEXT, "name"),)},
        "-created_at",
    ),
    filters={"name": "t.name = :name"},
    large={"definition": "definition"},
)


async def page(tx: Transaction, tenant_id: TenantId, part: PagePart, *, name: str | None) -> Portion[Task]:
    """Live tasks with their latest version, of which no two share a name; definitions that are not read are {}."""
    return await PAGES.portion(tx, part, {"tenant_id": tenant_id}, partial(value_of, Task), name=name)


VERSION_PAGES = Pages(
    """SELECT version, definition ->> 'name' AS name, created_at, created_by,
              CASE WHEN :with_definition THEN definition ELSE '{}' END AS definition
       FROM task_versions WHERE tenant_id = :tenant_id AND task_id = :task_id""",
    orders=Orders({"version": (Column("version", Kind.NUMBER, "version"),)}, "-version"),
    large={"definition": "definition"},
)


async def page_of_versions(
    tx: Transaction, tenant_id: TenantId, task_id: TaskId, part: PagePart
) -> Portion[TaskVersion]:
    """Of any task, also of one that is out of use; definitions that are not read are {}."""
    values = {"tenant_id": tenant_id, "task_id": task_id}
    return await VERSION_PAGES.portion(tx, part, values, partial(value_of, TaskVersion))
