"""Breakers and alerts as the API shows them."""

from datetime import UTC, datetime
from typing import Any, Self

from pydantic import BaseModel, Field

from foundation.contracts.gateway.operations import Breaker, BreakerCause, BreakerState, OperationsEntry, OperationsKind
from foundation.domain.ids import TenantId
from foundation.workflow.lines.of_tenants import TenantsLine


class BreakerList(BaseModel):
    """All of them, so that there is no next page."""

    items: list[Breaker]
    next_cursor: None = None


class TenantsLineView(BaseModel):
    """What of a tenant runs and stands in line now. Resources have names of the tenant's own, and are counted alone."""

    tenant_id: TenantId
    running: int = Field(description="steps that a worker has now")
    waiting_for_slots: int = Field(description="steps that could run, and wait for a worker's slot or their turn")
    waiting_for_resources: int = Field(description="steps that wait for what the tenant's steps share, or its limits")
    waiting_since: datetime | None = Field(description="since when the first of these waits")

    @classmethod
    def of(cls, line: TenantsLine) -> Self:
        return cls(
            tenant_id=line.tenant_id,
            running=line.running,
            waiting_for_slots=line.waiting_for_slots,
            waiting_for_resources=line.waiting_for_resources,
            waiting_since=line.waiting_since,
        )


class AlertView(BaseModel):
    """An alert of the tenant's own calls, or (`kind` breaker) a breaker that changed its state."""

    at: datetime
    kind: OperationsKind
    name: str
    state: BreakerState | None
    why: BreakerCause | None
    about: dict[str, Any] | None

    @classmethod
    def of(cls, entry: OperationsEntry) -> Self:
        return cls(
            at=datetime.fromtimestamp(entry.at_ms / 1000, UTC),
            kind=entry.kind,
            name=entry.name,
            state=entry.state,
            why=entry.why,
            about=entry.about,
        )


class AlertList(BaseModel):
    """The latest; the gateway keeps some hundreds, and older ones stand in the logs."""

    items: list[AlertView]
    next_cursor: None = None
