"""Events as the API shows them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from foundation.domain.ids import RunId, StepId
from foundation.domain.run_events import RunEventType, TenantEventType
from foundation.storage.execution.event_streams import StreamedEvent


class RunEventView(BaseModel):
    """One event, the same in a page and in a stream. Those of the tenant itself belong to no run."""

    id: str = Field(description="its place in every stream that it is in; send it as Last-Event-ID to go on after it")
    seq: int | None = Field(description="its number within its run, from 1 and without gaps; null without a run")
    type: RunEventType | TenantEventType
    at: datetime
    run_id: RunId | None = Field(description="null of what happens in the tenant and in no run of it")
    step: str | None = Field(description="the step's name, of events of steps")
    step_id: StepId | None
    item: int | None = Field(description="of a step with `foreach`, which of its items, from 0")
    data: dict[str, Any] = Field(description="what the reference of events lists for its type")

    @classmethod
    def of(cls, event: StreamedEvent) -> "RunEventView":
        return cls(
            id=str(event.place),
            seq=event.seq,
            type=RunEventType(event.type) if event.run_id is not None else TenantEventType(event.type),
            at=event.at,
            run_id=event.run_id,
            step=event.step,
            step_id=event.step_id,
            item=event.item,
            data=event.data,
        )
