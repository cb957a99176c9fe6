"""Events as the API shows them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from foundation.domain.ids import RunId, StepId
from foundation.domain.run_events import RunEventType
from foundation.storage.execution.event_streams import StreamedEvent


class RunEventView(BaseModel):
    """One event of a run, the same in a page and in a stream."""

    id: str = Field(description="its place in every stream that it is in; send it as Last-Event-ID to go on after it")
    seq: int = Field(description="its number within its run, from 1 and without gaps")
    type: RunEventType
    at: datetime
    run_id: RunId
    step: str | None = Field(description="the step's name, of events of steps")
    step_id: StepId | None
    item: int | None = Field(description="of a step with `foreach`, which of its items, from 0")
    data: dict[str, Any] = Field(description="what the reference of events lists for its type")

    @classmethod
    def of(cls, event: StreamedEvent) -> "RunEventView":
        return cls(
            id=str(event.place),
            seq=event.seq,
            type=RunEventType(event.type),
            at=event.at,
            run_id=event.run_id,
            step=event.step,
            step_id=event.step_id,
            item=event.item,
            data=event.data,
        )
