"""Exports as the API shows them."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from foundation.domain.ids import ExportId
from foundation.storage.leaving.exports import ExportStatus, TenantExport


class ExportView(BaseModel):
    """An archive of all that the tenant has: `pending` until it is `ready` to be fetched, and `expired` a day later."""

    id: ExportId
    status: ExportStatus
    requested_by: str
    created_at: datetime
    ended_at: datetime | None
    expires_at: datetime | None = Field(description="when the archive is removed")
    size: int | None = Field(description="bytes")
    sha256: str | None
    error: str | None
    url: str | None = Field(
        default=None, description="where the archive is fetched, for some minutes; only of one export"
    )

    @classmethod
    def of(cls, export: TenantExport, *, url: str | None = None) -> Self:
        return cls(
            id=export.export_id,
            status=export.status,
            requested_by=export.requested_by,
            created_at=export.created_at,
            ended_at=export.ended_at,
            expires_at=export.expires_at,
            size=export.size,
            sha256=None if export.sha256 is None else export.sha256.hex(),
            error=export.error,
            url=url,
        )
