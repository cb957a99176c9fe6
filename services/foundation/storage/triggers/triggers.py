"""Triggers: what a signed call starts, and with whose rights."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from foundation.domain.ids import ApiKeyId, TaskId, TenantId, TriggerId, UserId
from foundation.storage.people import tenants
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.pages import Orders, PagePart, Pages, Portion, by_age
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class TriggerTerms:
    """All that whoever may change a trigger decides about it."""

    name: str
    task_id: TaskId
    task_version: int | None
    input: dict[str, Any]
    payload_as: str
    payload_form: dict[str, Any] | None
    calls_per_minute: int
    paused: bool
    runs_as: UserId


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger as it stands."""

    trigger_id: TriggerId
    name: str
    task_id: TaskId
    task_version: int | None
    input: dict[str, Any]
    payload_as: str
    payload_form: dict[str, Any] | None
    calls_per_minute: int
    paused: bool
    secret_version: int
    previous_secret_until: datetime | None
    runs_as: UserId
    version: int
    created_by: UserId | None
    created_at: datetime
    updated_at: datetime
    by_key: ApiKeyId | None


_COLUMNS = """trigger_id, name, task_id, task_version, input, payload_as, payload_form, calls_per_minute, paused,
              secret_version, previous_secret_until, runs_as, version, created_by, created_at, updated_at,
              by_key"""
_OF_ONE = "WHERE tenant_id = :tenant_id AND trigger_id = :trigger_id"


def _parameters(tenant_id: TenantId, trigger_id: TriggerId, terms: TriggerTerms) -> dict[str, Any]:
    return {
        "tenant_id": tenant_id,
        "trigger_id": trigger_id,
        "name": terms.name,
        "task_id": terms.task_id,
        "task_version": terms.task_version,
        "input": jsonb(terms.input),
        "payload_as": terms.payload_as,
        "payload_form": jsonb(terms.payload_form),
        "calls_per_minute": terms.calls_per_minute,
        "paused": terms.paused,
        "runs_as": terms.runs_as,
    }


async def insert(
    tx: Transaction, tenant_id: TenantId, trigger_id: TriggerId, terms: TriggerTerms, *, by_key: ApiKeyId | None
) -> Trigger:
    """Made by the member as whom its runs start."""
    row = await tx.execute(
        text(
            """INSERT INTO triggers (tenant_id, trigger_id, name, task_id, task_version, input, payload_as,
                                     payload_form, calls_per_minute, paused, runs_as, created_by, by_key)
               VALUES (:tenant_id, :trigger_id, :name, :task_id, :task_version, CAST(:input AS jsonb), :payload_as,
                       CAST(:payload_form AS jsonb), :calls_per_minute, :paused, :runs_as, :runs_as,
                       :by_key) RETURNING""",
            _COLUMNS,
        ),
        {**_parameters(tenant_id, trigger_id, terms), "by_key": by_key},
    )
    return value_of(Trigger, row.one())


async def change(tx: Transaction, tenant_id: TenantId, trigger_id: TriggerId, terms: TriggerTerms) -> Trigger:
    row = await tx.execute(
        text(
            """UPDATE triggers
               SET name = :name, task_id = :task_id, task_version = :task_version, input = CAST(:input AS jsonb),
                   payload_as = :payload_as, payload_form = CAST(:payload_form AS jsonb),
                   calls_per_minute = :calls_per_minute, paused = :paused, runs_as = :runs_as,
                   version = version + 1, updated_at = now()""",
            _OF_ONE,
            "RETURNING",
            _COLUMNS,
        ),
        _parameters(tenant_id, trigger_id, terms),
    )
    return value_of(Trigger, row.one())


async def rotate(
    tx: Transaction,
    tenant_id: TenantId,
    trigger_id: TriggerId,
    *,
    overlap_seconds: int,
    runs_as: UserId,
    by_key: ApiKeyId | None,
) -> Trigger:
    """The next secret, by which runs start as this user; for the overlap the one before opens it as well.

    `by_key` is the key of whoever gets the secret.
    """
    row = await tx.execute(
        text(
            """UPDATE triggers SET secret_version = secret_version + 1, version = version + 1, updated_at = now(),
                      runs_as = :runs_as, previous_by_key = by_key, by_key = :by_key,
                      previous_secret_until = now() + CAST(:overlap AS int) * interval '1 second'""",
            _OF_ONE,
            "RETURNING",
            _COLUMNS,
        ),
        {
            "tenant_id": tenant_id,
            "trigger_id": trigger_id,
            "overlap": overlap_seconds,
            "runs_as": runs_as,
            "by_key": by_key,
        },
    )
    return value_of(Trigger, row.one())


async def pause_by_keys(tx: Transaction, tenant_id: TenantId, which: Collection[ApiKeyId]) -> list[Trigger]:
    """Those that answer to a secret which was shown to one of these keys: as they are now that they are paused."""
    rows = await tx.execute(
        text(
            """UPDATE triggers SET paused = true, version = version + 1, updated_at = now()
               WHERE tenant_id = :tenant_id AND NOT paused
                 AND (by_key = ANY(:which) OR previous_by_key = ANY(:which) AND previous_secret_until > now())
               RETURNING""",
            _COLUMNS,
        ),
        {"tenant_id": tenant_id, "which": list(which)},
    )
    return [value_of(Trigger, row) for row in rows]


async def delete(tx: Transaction, tenant_id: TenantId, trigger_id: TriggerId) -> None:
    """With the list of its calls; the runs that they have started stay."""
    await tx.execute(
        text("DELETE FROM triggers", _OF_ONE),
        {"tenant_id": tenant_id, "trigger_id": trigger_id},
    )


async def count(tx: Transaction, tenant_id: TenantId) -> int:
    """How many there are; further ones wait until this transaction has ended."""
    await tenants.hold(tx, tenant_id)
    rows = await tx.execute(
        text("SELECT count(*) FROM triggers WHERE tenant_id = :tenant_id"), {"tenant_id": tenant_id}
    )
    return int(rows.scalar_one())


async def get(tx: Transaction, tenant_id: TenantId, trigger_id: TriggerId, *, lock: bool = False) -> Trigger | None:
    statement = _GET_LOCKED if lock else _GET
    row = (await tx.execute(statement, {"tenant_id": tenant_id, "trigger_id": trigger_id})).first()
    return value_of(Trigger, row) if row else None


_GET = text("SELECT", _COLUMNS, "FROM triggers", _OF_ONE)
_GET_LOCKED = text("SELECT", _COLUMNS, "FROM triggers", _OF_ONE, "FOR NO KEY UPDATE")


# What is large is read only where it is shown.
_LARGE = {"input": "'{}'", "payload_form": "NULL"}
_LISTED = ", ".join(
    f"CASE WHEN :with_{name} THEN {name} ELSE {_LARGE[name]} END AS {name}" if name in _LARGE else name
    for name in _COLUMNS.replace(",", "").split()
)
PAGES = Pages(
    "SELECT",
    _LISTED,
    "FROM triggers WHERE tenant_id = :tenant_id",
    orders=Orders({"created_at": by_age("created_at", "trigger_id")}, "-created_at"),
    filters={"task_id": "task_id = :task_id"},
    large={name: name for name in _LARGE},
)


async def page(tx: Transaction, tenant_id: TenantId, part: PagePart, *, task_id: TaskId | None) -> Portion[Trigger]:
    """Inputs that are not read are empty, and forms None."""
    return await PAGES.portion(tx, part, {"tenant_id": tenant_id}, partial(value_of, Trigger), task_id=task_id)
