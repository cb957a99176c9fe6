"""Workers as the API shows them."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from foundation.contracts.gateway.operations import BreakerState
from foundation.contracts.presence import WorkerPresence, WorkerStatus


class WorkerBreakerView(BaseModel):
    """One of a worker's circuit breakers, which closes by itself when what it guards answers again."""

    name: str = Field(description="model_gateway, tool_launcher, or step_kind: and a kind of step")
    state: BreakerState
    since: datetime
    retry_after_seconds: float = Field(description="until a call is let through to try")


class WorkerView(BaseModel):
    """A worker as it was when it was seen last, some seconds ago."""

    id: str = Field(description="as events of runs name it")
    status: WorkerStatus
    since: datetime
    seen_at: datetime
    running: int = Field(description="steps that it held: all for an operator, a tenant's own for its administrators")
    concurrency: int | None = Field(description="slots that it has; only an operator sees them")
    breakers: list[WorkerBreakerView] | None = Field(description="that are not closed; only an operator sees them")

    @classmethod
    def of(cls, worker: WorkerPresence, *, running: int, is_whole: bool) -> Self:
        """`is_whole` is whether the platform's side of it is shown as well."""
        tripped = [one for one in worker.breakers if one.state is not BreakerState.CLOSED]
        return cls(
            id=worker.id,
            status=worker.status,
            since=worker.since,
            seen_at=worker.seen_at,
            running=running,
            concurrency=worker.concurrency if is_whole else None,
            breakers=[WorkerBreakerView.model_validate(one.model_dump()) for one in tripped] if is_whole else None,
        )


class WorkerList(BaseModel):
    """All of them, so that there is no next page."""

    count: int
    items: list[WorkerView]
    next_cursor: None = None
