"""Quotas as the API shows them."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from foundation.domain.policy.quotas import LimitSource, Quota, QuotaScope


class QuotaView(BaseModel):
    """One quota of the tenant or of a user, and how it stands now."""

    quota: Quota
    scope: QuotaScope
    scope_id: UUID = Field(description="the tenant, or the user")
    limit: int | None = Field(description="null for no limit")
    set_by: LimitSource | None = Field(
        description="whose number it is: the tenant's own, the operator's bound, or what the platform allows everybody"
    )
    used: int = Field(description="what is open or stored now, or has begun today")
    left: int | None = Field(description="null where there is no limit")
    resets_at: datetime | None = Field(description="when the next day begins; null for what is counted as it stands")


class QuotaList(BaseModel):
    """All of them, so that there is no next page."""

    items: list[QuotaView]
    next_cursor: None = None
