"""Requests for approval: inserted with the parking of their step, read, listed, ended once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from foundation.domain.ids import ApprovalId, RunId, StepId, TenantId, UserId, new_uuid
from foundation.domain.states import ApprovalStatus, ExpiryPolicy
from foundation.storage.session.database import Transaction
from foundation.storage.session.documents import jsonb
from foundation.storage.session.pages import Orders, PagePart, Pages, Portion, by_age
from foundation.storage.session.rows import value_of
from foundation.storage.session.statements import text


@dataclass(frozen=True, slots=True)
class RequestedCall:
    """A call of a tool that is to be approved; `digest` is that of its tool, its arguments and its files."""

    turn: int
    call_id: str
    tool: str
    arguments: dict[str, Any]
    digest: bytes


@dataclass(frozen=True, slots=True)
class ApprovalRequest:
    """What a step asks, of whom, and for how long; of an agent, about which of its calls."""

    message: str
    roles: tuple[str, ...]
    users: tuple[UserId, ...]
    form: dict[str, Any] | None
    expires_in: int
    on_expiry: ExpiryPolicy
    call: RequestedCall | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """A request as it stands; `version` rises whenever it changes."""

    approval_id: ApprovalId
    run_id: RunId
    step_id: StepId
    step: str
    version: int
    status: ApprovalStatus
    message: str | None
    """None once the run's prompts have expired."""
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
    turn: int | None = None
    tool: str | None = None
    """Of a request about a call; all four are None where the step itself asks."""
    arguments: dict[str, Any] | None = None
    call_digest: bytes | None = None
    prompts_expired_at: datetime | None = None
    answers_expired_at: datetime | None = None


_OF_OTHERS = """
           s.name AS step, a.status = 'pending' AND a.expires_at <= clock_timestamp() AS is_late,
           r.prompts_expired_at, r.answers_expired_at
    FROM approvals a JOIN steps s ON s.tenant_id = a.tenant_id AND s.step_id = a.step_id
    JOIN runs r ON r.tenant_id = a.tenant_id AND r.run_id = a.run_id
"""
_SELECT = f"SELECT a.*, {_OF_OTHERS}"  # of what is written above


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """The request of a step or of a call, whether this or an earlier claim of the step made it."""

    approval_id: ApprovalId
    expires_at: datetime
    is_new: bool
    is_pending: bool
    """One about a call may have been decided since it was looked for."""


async def open_request(
    tx: Transaction, tenant_id: TenantId, run_id: RunId, step_id: StepId, request: ApprovalRequest
) -> OpenRequest:
    """The request that is there, or else a new one.

    A step's request that had ended is asked anew. One about a call is asked anew where it ended with its step, or where
    the call is another one now; a decision about this very call stands.
    """
    row = (
        await tx.execute(
            text(
                """WITH asked AS (
                       INSERT INTO approvals (tenant_id, approval_id, run_id, step_id, message, roles, users, form,
                                              on_expiry, expires_at, turn, tool_call_id, tool, arguments, call_digest)
                       VALUES (:tenant_id, :approval_id, :run_id, :step_id, :message, :roles, :users,
                               CAST(:form AS jsonb), :on_expiry, now() + :expires_in * interval '1 second',
                               :turn, :call_id, :tool, CAST(:arguments AS jsonb), :digest)
                       ON CONFLICT (tenant_id, step_id, turn, tool_call_id) DO UPDATE
                       SET version = approvals.version + 1, status = 'pending', message = excluded.message,
                           requested_at = now(), expires_at = excluded.expires_at, ended_at = NULL, decided_by = NULL,
                           comment = NULL, data = NULL, tool = excluded.tool, arguments = excluded.arguments,
                           call_digest = excluded.call_digest
                       WHERE CASE WHEN approvals.call_digest IS NULL THEN approvals.status <> 'pending'
                                  ELSE approvals.status = 'cancelled' OR approvals.call_digest <> excluded.call_digest
                                  END
                       RETURNING approval_id, expires_at)
                   SELECT approval_id, expires_at, true AS is_new, true AS is_pending FROM asked
                   UNION ALL
                   SELECT approval_id, expires_at, false, status = 'pending' FROM approvals
                   WHERE tenant_id = :tenant_id AND step_id = :step_id AND turn IS NOT DISTINCT FROM CAST(:turn AS int)
                     AND tool_call_id IS NOT DISTINCT FROM CAST(:call_id AS text)
                   LIMIT 1"""
            ),
            {
                "tenant_id": tenant_id,
                "approval_id": new_uuid(),
                "run_id": run_id,
                "step_id": step_id,
                **_values_of(request),
            },
        )
    ).one()
    return value_of(OpenRequest, row)


def _values_of(request: ApprovalRequest) -> dict[str, Any]:
    call = request.call
    return {
        "message": request.message,
        "roles": list(request.roles),
        "users": list(request.users),
        "form": jsonb(request.form),
        "on_expiry": request.on_expiry.value,
        "expires_in": request.expires_in,
        "turn": call and call.turn,
        "call_id": call and call.call_id,
        "tool": call and call.tool,
        "arguments": jsonb(call and call.arguments),
        "digest": call and call.digest,
    }


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


async def of_call(tx: Transaction, tenant_id: TenantId, step_id: StepId, turn: int, call_id: str) -> Approval | None:
    """The request about this call of the step's turn."""
    row = await tx.execute(
        text(
            _SELECT
            + """WHERE a.tenant_id = :tenant_id AND a.step_id = :step_id AND a.turn = :turn
                   AND a.tool_call_id = :call_id"""
        ),
        {"tenant_id": tenant_id, "step_id": step_id, "turn": turn, "call_id": call_id},
    )
    first = row.first()
    return value_of(Approval, first) if first else None


async def any_pending(tx: Transaction, tenant_id: TenantId, step_id: StepId) -> bool:
    """Whether the step still waits for a decision."""
    row = await tx.execute(
        text(
            """SELECT 1 FROM approvals WHERE tenant_id = :tenant_id AND step_id = :step_id AND status = 'pending'
               LIMIT 1"""
        ),
        {"tenant_id": tenant_id, "step_id": step_id},
    )
    return row.first() is not None


# By the API's names; the arguments of a call are a part of what is shown as that.
_LARGE = {"message": "message", "form": "form", "data": "data", "call": "arguments"}
PAGES = Pages(
    "SELECT",
    ", ".join(f"CASE WHEN :with_{member} THEN a.{column} END AS {column}" for member, column in _LARGE.items()),
    """, a.approval_id, a.run_id, a.step_id, a.version, a.status, a.roles, a.users, a.on_expiry, a.requested_at,
       a.expires_at, a.ended_at, a.decided_by, a.comment, a.turn, a.tool, a.call_digest,""",
    _OF_OTHERS,
    "WHERE a.tenant_id = :tenant_id",
    orders=Orders({"requested_at": by_age("requested_at", "approval_id", of="a")}, "-requested_at"),
    filters={"status": "a.status = :status", "run_id": "a.run_id = :run_id"},
    large=_LARGE,
)
WHOLE = frozenset(_LARGE)


async def page(
    tx: Transaction,
    tenant_id: TenantId,
    part: PagePart,
    *,
    status: ApprovalStatus | None = None,
    run_id: RunId | None = None,
) -> Portion[Approval]:
    make = partial(value_of, Approval)
    return await PAGES.portion(tx, part, {"tenant_id": tenant_id}, make, status=status and status.value, run_id=run_id)


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
