"""Deletions of tenants as the API shows them."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, Field

from foundation.domain.ids import DeletionId, TenantId
from foundation.storage.leaving.deletions import DeletionPhase, DeletionStatus, TenantDeletion

USUAL_GRACE_DAYS = 7
MAX_GRACE_DAYS = 90


class DeletionView(BaseModel):
    """A deletion. Until `not_before` it can be cancelled; then it runs to its end, and leaves a certificate."""

    id: DeletionId
    tenant_id: TenantId
    status: DeletionStatus
    phase: DeletionPhase | None
    requested_by: str
    requested_at: datetime
    not_before: datetime = Field(description="when it begins")
    started_at: datetime | None
    ended_at: datetime | None
    removed: dict[str, int] = Field(description="how much was removed so far, by table or place")
    waits_for: str | None = Field(description="what it waits for now")
    certificate: str | None = Field(description="see GET /deletion-certificates/{deletion_id}")

    @classmethod
    def of(cls, deletion: TenantDeletion) -> Self:
        return cls(
            id=deletion.deletion_id,
            tenant_id=deletion.tenant_id,
            status=deletion.status,
            phase=deletion.phase,
            requested_by=deletion.requested_by,
            requested_at=deletion.requested_at,
            not_before=deletion.not_before,
            started_at=deletion.started_at,
            ended_at=deletion.ended_at,
            removed=deletion.removed,
            waits_for=deletion.waits_for,
            certificate=deletion.certificate,
        )


class CertificateView(BaseModel):
    """A certificate: a JSON Web Signature in its compact form, what it says, and the key that verifies it."""

    certificate: str
    claims: dict[str, Any]
    public_key: dict[str, Any] = Field(description="the platform's public key, a JSON Web Key")
