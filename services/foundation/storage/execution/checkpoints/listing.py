"""Checkpoints as they are listed, and deleted one by one: a deleted one keeps its place in the chain, without parts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from foundation.domain.ids import RunId, StepId, TenantId
from foundation.domain.states import RunStatus, StepKind, StepStatus
from foundation.storage.session.database import Transaction
from foundation.storage.session.pages import Column, Kind, Orders, PagePart
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class CheckpointedStep:
    """A step, or an item of one (`name[index]`), with the head of its checkpoints as it stands on its row."""

    step_id: StepId
    name: str
    kind: StepKind
    status: StepStatus
    checkpoint_head: bytes | None
    checkpoint_length: int | None
    run_status: RunStatus


@dataclass(frozen=True, slots=True)
class CheckpointRow:
    """One checkpoint; `bytes` are those of its distinct parts, `new_bytes` of parts that the one before has not."""

    turn: int
    created_at: datetime
    length: int
    head: bytes
    bytes: int
    new_bytes: int


async def step_of(
    tx: Transaction, tenant_id: TenantId, run_id: RunId, name: str, *, lock: bool = False
) -> CheckpointedStep | None:
    """The named step; with `lock` its row is held, then its run's, so that it is neither run, retried nor forked."""
    held = "FOR UPDATE OF s" if lock else ""
    row = (
        await tx.execute(
            text(
                f"""SELECT s.step_id, s.name, s.kind, s.status, s.checkpoint_head, s.checkpoint_length,
                           r.status AS run_status
                    FROM steps s JOIN runs r ON r.tenant_id = s.tenant_id AND r.run_id = s.run_id
                    WHERE s.tenant_id = :tenant_id AND s.run_id = :run_id AND s.name = :name {held}"""  # noqa: S608
            ),
            {"tenant_id": tenant_id, "run_id": run_id, "name": name},
        )
    ).first()
    if lock:
        await tx.execute(
            text("SELECT 1 FROM runs WHERE tenant_id = :tenant_id AND run_id = :run_id FOR UPDATE"),
            {"tenant_id": tenant_id, "run_id": run_id},
        )
    return None if row is None else value_of(CheckpointedStep, row)


ORDERS = Orders({"turn": (Column("turn", Kind.NUMBER, "turn"),)}, "-turn")


async def page(tx: Transaction, tenant_id: TenantId, step_id: StepId, part: PagePart) -> list[CheckpointRow]:
    rows = await tx.execute(
        text(
            """SELECT c.turn, c.created_at, c.length, c.head, b.bytes::bigint AS bytes, b.new_bytes::bigint AS new_bytes
               FROM (SELECT * FROM checkpoints
                     WHERE tenant_id = :tenant_id AND step_id = :step_id AND deleted_at IS NULL""",
            *ORDERS.ending(part.order, is_next=part.after is not None),
            """) c
               LEFT JOIN LATERAL (
                   SELECT manifest FROM checkpoints p
                   WHERE p.tenant_id = c.tenant_id AND p.step_id = c.step_id AND p.turn < c.turn
                     AND p.deleted_at IS NULL
                   ORDER BY p.turn DESC LIMIT 1) p ON true
               CROSS JOIN LATERAL (
                   SELECT COALESCE(sum(m.size), 0) AS bytes,
                          COALESCE(sum(m.size) FILTER (WHERE m.digest <> ALL (COALESCE(p.manifest, '{}'))), 0)
                              AS new_bytes
                   FROM message_parts m WHERE m.tenant_id = c.tenant_id AND m.digest = ANY (c.manifest)) b
               ORDER BY c.turn""",
            "DESC" if part.order.startswith("-") else "ASC",
        ),
        {"tenant_id": tenant_id, "step_id": step_id, **ORDERS.values(part)},
    )
    return [value_of(CheckpointRow, row) for row in rows]


async def forks_that_share(tx: Transaction, tenant_id: TenantId, run_id: RunId, name: str, *, turn: int) -> list[RunId]:
    """Runs that were forked from this step and have its checkpoint of this turn as theirs."""
    rows = await tx.execute(
        text(
            """SELECT r.run_id FROM runs r
               JOIN steps s ON s.tenant_id = r.tenant_id AND s.run_id = r.run_id AND s.name = r.forked_from_step
               JOIN checkpoints c ON c.tenant_id = s.tenant_id AND c.step_id = s.step_id
               WHERE r.tenant_id = :tenant_id AND r.forked_from_run_id = :run_id AND r.forked_from_step = :name
                 AND r.forked_from_turn >= :turn AND c.turn = :turn AND c.deleted_at IS NULL
               ORDER BY r.created_at, r.run_id"""
        ),
        {"tenant_id": tenant_id, "run_id": run_id, "name": name, "turn": turn},
    )
    return [RunId(row.run_id) for row in rows]


async def delete(tx: Transaction, tenant_id: TenantId, step_id: StepId, *, turn: int) -> bool:
    """Takes its parts from the checkpoint, whose place in the chain stays; False when there is none."""
    gone: Any = await tx.execute(
        text(
            """UPDATE checkpoints SET manifest = '{}', deleted_at = now()
               WHERE tenant_id = :tenant_id AND step_id = :step_id AND turn = :turn AND deleted_at IS NULL"""
        ),
        {"tenant_id": tenant_id, "step_id": step_id, "turn": turn},
    )
    return bool(gone.rowcount)
