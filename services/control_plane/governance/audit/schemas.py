"""Rows of the audit as the API shows them."""

from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from pydantic import BaseModel, Field

from foundation.storage.audit.log import AuditEntry


class AuditOutcome(StrEnum):
    """How a call ended."""

    DONE = "done"
    DENIED = "denied"
    REFUSED = "refused"
    FAILED = "failed"


class ExportFormat(StrEnum):
    """What an export is written as."""

    CSV = "csv"
    JSONL = "jsonl"


class AuditRow(BaseModel):
    """What was done, or tried. `position` and `hash` are null for the seconds until the row is sealed."""

    id: int
    at: datetime
    actor: str = Field(
        description="user:<id>, key:<id>, operator:<subject>, or a step whose tool asked its proxy; in the platform's "
        "audit also subject:<subject>, who acts in no tenant"
    )
    action: str
    target: str
    outcome: AuditOutcome
    status: int | None = Field(description="of the answer, where the call was refused or only read")
    operation: str | None
    detail: dict[str, Any] = Field(description="what was before and after, as far as it changed")
    request_id: str | None
    ip: str | None
    user_agent: str | None
    trace_id: str | None
    position: int | None
    hash: str | None

    @classmethod
    def of(cls, entry: AuditEntry) -> Self:
        return cls(
            id=entry.audit_id,
            at=entry.at,
            actor=entry.actor,
            action=entry.action,
            target=entry.target,
            outcome=AuditOutcome(entry.outcome),
            status=entry.status,
            operation=entry.operation,
            detail=entry.detail,
            request_id=entry.request_id,
            ip=entry.ip,
            user_agent=entry.user_agent,
            trace_id=entry.trace_id,
            position=entry.position,
            hash=None if entry.hash is None else entry.hash.hex(),
        )
