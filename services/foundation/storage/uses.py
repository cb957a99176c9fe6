"""What would miss a thing that is to be deleted: what names it and may still be run.

Who asks holds the thing until their transaction ends, and whoever makes something that uses it does so too, by a weaker
lock (`tasks.keep`, `secrets.hosts_of`, `members.keep`). So either the use is found here, or the thing is gone there.
"""

from dataclasses import asdict, dataclass

from foundation.domain.ids import TaskId, TenantId, UserId
from foundation.storage.session.database import Transaction
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class Use:
    """What uses the thing: a `task`, `schedule` or `trigger`, by its id and its name."""

    kind: str
    id: str
    name: str

    def document(self) -> dict[str, str]:
        return asdict(self)


# Versions of tasks that may still be run: the latest of a live task, one that a schedule or trigger names, and those of
# open runs.
_MAY_RUN = """
    FROM tasks t JOIN task_versions v ON v.tenant_id = t.tenant_id AND v.task_id = t.task_id
    WHERE t.tenant_id = :tenant_id AND (
        (t.archived_at IS NULL AND (
            v.version = t.version
            OR EXISTS (SELECT FROM schedules s WHERE s.tenant_id = t.tenant_id AND s.task_id = t.task_id
                       AND s.deleted_at IS NULL AND s.task_version = v.version)
            OR EXISTS (SELECT FROM triggers g WHERE g.tenant_id = t.tenant_id AND g.task_id = t.task_id
                       AND g.task_version = v.version)))
        OR EXISTS (SELECT FROM runs r WHERE r.tenant_id = t.tenant_id AND r.task_id = t.task_id
                   AND r.task_version = v.version AND r.ended_at IS NULL))"""


async def of_secret(tx: Transaction, tenant_id: TenantId, name: str, *, most: int) -> list[Use]:
    """Tasks that name the secret, which is held."""
    await tx.execute(
        text("SELECT FROM secrets WHERE tenant_id = :tenant_id AND name = :name FOR UPDATE"),
        {"tenant_id": tenant_id, "name": name},
    )
    rows = await tx.execute(
        text(
            "SELECT DISTINCT 'task' AS kind, t.task_id::text AS id, t.name",
            _MAY_RUN,
            """AND v.definition -> 'secrets' @> jsonb_build_array(jsonb_build_object('name', CAST(:name AS text)))
               ORDER BY 3, 2 LIMIT :most""",
        ),
        {"tenant_id": tenant_id, "name": name, "most": most},
    )
    return [value_of(Use, row) for row in rows]


async def of_task(tx: Transaction, tenant_id: TenantId, task_id: TaskId, *, most: int) -> list[Use]:
    """Schedules and triggers that start the task, which is held, and other tasks whose steps do, by its name or id."""
    await tx.execute(
        text("SELECT FROM tasks WHERE tenant_id = :tenant_id AND task_id = :task_id FOR UPDATE"),
        {"tenant_id": tenant_id, "task_id": task_id},
    )
    rows = await tx.execute(
        text(
            """SELECT 'schedule' AS kind, schedule_id::text AS id, name FROM schedules
               WHERE tenant_id = :tenant_id AND task_id = :task_id AND deleted_at IS NULL
               UNION ALL
               SELECT 'trigger', trigger_id::text, name FROM triggers
               WHERE tenant_id = :tenant_id AND task_id = :task_id
               UNION ALL
               SELECT DISTINCT 'task', t.task_id::text, t.name""",
            _MAY_RUN,
            """AND t.task_id <> :task_id
               AND EXISTS (SELECT FROM jsonb_array_elements(v.definition -> 'steps') AS step, tasks own
                           WHERE own.tenant_id = :tenant_id AND own.task_id = :task_id AND step ->> 'kind' = 'run'
                             AND (step ->> 'task' = own.name OR lower(step ->> 'task') = own.task_id::text))
               ORDER BY 1, 3, 2 LIMIT :most""",
        ),
        {"tenant_id": tenant_id, "task_id": task_id, "most": most},
    )
    return [value_of(Use, row) for row in rows]


async def of_starter(tx: Transaction, tenant_id: TenantId, user_id: UserId, *, most: int) -> list[Use]:
    """Schedules and triggers whose runs start as this member, which is held by whoever asks."""
    rows = await tx.execute(
        text(
            """SELECT 'schedule' AS kind, schedule_id::text AS id, name FROM schedules
               WHERE tenant_id = :tenant_id AND runs_as = :user_id AND deleted_at IS NULL
               UNION ALL
               SELECT 'trigger', trigger_id::text, name FROM triggers
               WHERE tenant_id = :tenant_id AND runs_as = :user_id
               ORDER BY 1, 3, 2 LIMIT :most"""
        ),
        {"tenant_id": tenant_id, "user_id": user_id, "most": most},
    )
    return [value_of(Use, row) for row in rows]
