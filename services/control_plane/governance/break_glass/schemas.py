"""Accesses by break-glass as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from control_plane.requests.texts import Description
from foundation.domain.ids import BreakGlassId, TenantId
from foundation.storage.audit.break_glass import LONGEST_MINUTES, BreakGlassAccess


class OpenAccess(BaseModel):
    """Whose runs are to be read, why, and for how long; the tenant sees all of it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "tenant_id": "019a0000-0000-7000-8000-000000000000",
                    "reason": "ticket 4711: a run of yours hangs",
                    "minutes": 30,
                }
            ]
        },
    )

    tenant_id: TenantId
    reason: Annotated[Description, Field(min_length=1)]
    minutes: int = Field(strict=True, ge=1, le=LONGEST_MINUTES, description="it ends by itself after them")


class AccessView(BaseModel):
    """An access. Only the operator who has opened it reads by it, and only until it ends."""

    id: BreakGlassId
    tenant_id: TenantId
    operator: str = Field(description="as the audit names who reads: each read is a row of it with this access's id")
    reason: str
    opened_at: datetime
    expires_at: datetime
    ended_at: datetime | None = Field(description="null while it is open")
    ended_by: str | None = Field(description="an operator, or `system:break_glass` when its time was over")

    @classmethod
    def of(cls, access: BreakGlassAccess) -> Self:
        return cls(
            id=access.access_id,
            tenant_id=access.tenant_id,
            operator=access.operator,
            reason=access.reason,
            opened_at=access.opened_at,
            expires_at=access.expires_at,
            ended_at=access.ended_at,
            ended_by=access.ended_by,
        )
