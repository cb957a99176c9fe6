"""Workers as the API shows them."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from foundation.contracts.presence import WorkerPresence, WorkerStatus


class WorkerView(BaseModel):
    """A worker as it was when it was seen last, some seconds ago."""

    id: str = Field(description="as events of runs name it")
    status: WorkerStatus
    since: datetime
    seen_at: datetime
    running: int = Field(description="steps that it held: all for an operator, a tenant's own for its administrators")
    concurrency: int | None = Field(description="slots that it has; only an operator sees them")

    @classmethod
    def of(cls, worker: WorkerPresence, *, running: int, concurrency: int | None) -> Self:
        return cls(
            id=worker.id,
            status=worker.status,
            since=worker.since,
            seen_at=worker.seen_at,
            running=running,
            concurrency=concurrency,
        )


class WorkerList(BaseModel):
    """All of them, so that there is no next page."""

    count: int
    items: list[WorkerView]
    next_cursor: None = None
