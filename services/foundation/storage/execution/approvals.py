"""Requests for approval: inserted with the parking of their step, read, listed, ended once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from foundation.domain.ids import ApprovalId, RunId, StepId, TenantId, UserId, new_uuid
from foundation.domain.states import ApprovalStatus, ExpiryPolicy
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.rows import value_of


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """What a step asks, of whom, and for how long."""

    message: str
    roles: tuple[str, ...]
    users: tuple[UserId, ...]
    form: dict[str, Any] | None
    expires_in: int
    on_expiry: ExpiryPolicy


@dataclass(frozen=True, slots=True)
class Approval:
    """A request as it stands; `version` rises whenever it changes."""

    approval_id: ApprovalId
    run_id: RunId
    step_id: StepId
    step: str
    version: int
    status: ApprovalStatus
    message: str
    roles: list[str]
    users: list[UserId]
    form: dict[str, Any] | None
    on_expiry: ExpiryPolicy
    requested_at: datetime
    expires_at: datetime
    is_late: bool
    """Its time is over, whether or not anybody has seen that yet."""
    ended_at: datetime | None
    decided_by: UserId | None
    comment: str | None
    data: Any


_SELECT = """
    SELECT a.*, s.name AS step, a.status = 'pending' AND a.expires_at <= clock_timestamp() AS is_late
    FROM approvals a JOIN steps s ON s.tenant_id = a.tenant_id AND s.step_id = a.step_id
"""


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """The pending request of a step, whether this or an earlier claim of the step made it."""

    approval_id: ApprovalId
    expires_at: datetime
    is_new: bool


async def open_request(
    tx: Transaction, tenant_id: TenantId, run_id: RunId, step_id: StepId, request: ApprovalRequest
) -> OpenRequest:
    """The step's pending request: the one that is there, or else a new one. A request that had ended is asked anew."""
    row = (
        await tx.execute(
            text(
                """WITH asked AS (
                       INSERT INTO approvals (tenant_id, approval_id, run_id, step_id, message, roles, users, form,
                                              on_expiry, expires_at)
                       VALUES (:tenant_id, :approval_id, :run_id, :step_id, :message, :roles, :users,
                               CAST(:form AS jsonb), :on_expiry, now() + :expires_in * interval '1 second')
                       ON CONFLICT (tenant_id, step_id) DO UPDATE
                       SET version = approvals.version + 1, status = 'pending', message = excluded.message,
                           requested_at = now(), expires_at = excluded.expires_at, ended_at = NULL, decided_by = NULL,
                           comment = NULL, data = NULL
                       WHERE approvals.status <> 'pending'
                       RETURNING approval_id, expires_at)
                   SELECT approval_id, expires_at, true AS is_new FROM asked
                   UNION ALL
                   SELECT approval_id, expires_at, false FROM approvals
                   WHERE tenant_id = :tenant_id AND step_id = :step_id AND status = 'pending'
                   LIMIT 1"""
            ),
            {
                "tenant_id": tenant_id,
                "approval_id": new_uuid(),
                "run_id": run_id,
                "step_id": step_id,
                "message": request.message,
                "roles": list(request.roles),
                "users": list(request.users),
                "form": jsonb(request.form),
                "on_expiry": request.on_expiry.value,
                "expires_in": request.expires_in,
            },
        )
    ).one()
    return value_of(OpenRequest, row)


async def get(tx: Transaction, tenant_id: TenantId, approval_id: ApprovalId, *, lock: bool = False) -> Approval | None:
    """The request; with `lock` its row is locked, after the unfinished steps of its run, as everybody does."""
    row = await tx.execute(
        text(
            _SELECT
            + "WHERE a.tenant_id = :tenant_id AND a.approval_id = :approval_id"
            + (" FOR UPDATE OF a" if lock else "")
        ),
        {"tenant_id": tenant_id, "approval_id": approval_id},
    )
    first = row.first()
    return value_of(Approval, first) if first else None


async def page(
    tx: Transaction,
    tenant_id: TenantId,
    *,
    limit: int,
    after: tuple[datetime, ApprovalId] | None,
    status: ApprovalStatus | None,
    run_id: RunId | None,
) -> list[Approval]:
    """Newest first, beginning after the given (requested_at, approval_id)."""
    rows = await tx.execute(
        text(
            _SELECT
            + """WHERE a.tenant_id = :tenant_id
                   AND (CAST(:status AS text) IS NULL OR a.status = :status)
                   AND (CAST(:run_id AS uuid) IS NULL OR a.run_id = :run_id)
                   AND (CAST(:after_at AS timestamptz) IS NULL
                        OR (a.requested_at, a.approval_id) < (:after_at, :after_id))
                 ORDER BY a.requested_at DESC, a.approval_id DESC LIMIT :limit"""
        ),
        {
            "tenant_id": tenant_id,
            "limit": limit,
            "status": status.value if status else None,
            "run_id": run_id,
            "after_at": after[0] if after else None,
            "after_id": after[1] if after else None,
        },
    )
    return [value_of(Approval, row) for row in rows]


async def pending_of_run(tx: Transaction, tenant_id: TenantId, run_id: RunId) -> list[Approval]:
    rows = await tx.execute(
        text(_SELECT + "WHERE a.tenant_id = :tenant_id AND a.run_id = :run_id AND a.status = 'pending'"),
        {"tenant_id": tenant_id, "run_id": run_id},
    )
    return [value_of(Approval, row) for row in rows]


async def end(
    tx: Transaction,
    tenant_id: TenantId,
    approval_id: ApprovalId,
    *,
    status: ApprovalStatus,
    decided_by: UserId | None = None,
    comment: str | None = None,
    data: Any = None,
) -> None:
    """Ends a pending request, whose row is locked."""
    await tx.execute(
        text(
            """UPDATE approvals SET status = :status, version = version + 1, ended_at = now(),
                                    decided_by = :decided_by, comment = :comment, data = CAST(:data AS jsonb)
               WHERE tenant_id = :tenant_id AND approval_id = :approval_id AND status = 'pending'"""
        ),
        {
            "tenant_id": tenant_id,
            "approval_id": approval_id,
            "status": status.value,
            "decided_by": decided_by,
            "comment": comment,
            "data": jsonb(data),
        },
    )


async def cancel_of_ended_steps(tx: Transaction, tenant_id: TenantId, step_ids: Sequence[StepId]) -> None:
    """Cancels the pending requests of steps that ended otherwise than by a decision, so that none outlives its step."""
    await tx.execute(
        text(
            """UPDATE approvals SET status = 'cancelled', version = version + 1, ended_at = now()
               WHERE tenant_id = :tenant_id AND step_id = ANY(:step_ids) AND status = 'pending'"""
        ),
        {"tenant_id": tenant_id, "step_ids": list(step_ids)},
    )


async def find_expired(tx: Transaction, *, limit: int = 100) -> list[tuple[TenantId, ApprovalId]]:
    """(tenant, request) of pending requests whose time is over, longest first; across tenants."""
    rows = await tx.execute(
        text(
            """SELECT tenant_id, approval_id FROM approvals WHERE status = 'pending' AND expires_at <= now()
               ORDER BY expires_at LIMIT :limit"""
        ),
        {"limit": limit},
    )
    return [(row.tenant_id, row.approval_id) for row in rows]
