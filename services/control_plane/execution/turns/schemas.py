"""Turns as the API shows them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, Field

from foundation.domain.policy.retention import ContentKind
from foundation.storage.execution.told.turns import ToldTurn


class TurnView(BaseModel):
    """One question to a model, and its answer once there is one."""

    turn: int = Field(description="its number in the step, which names it; numbers rise, and some may be missing")
    number: int | None = Field(
        description="which turn it was since the step began, from 1; of a step that began anew it counts from 1 again"
    )
    agent: str | None = Field(description="of a crew, who has asked; null is its manager, or a step that is no crew")
    task: str | None = Field(description="of a crew, for which of its tasks")
    asked_at: datetime
    answered_at: datetime | None = Field(description="null while nobody has recorded an answer")
    tool_calls: int = Field(description="calls of tools that the answer asks for")
    request: dict[str, Any] | None = Field(description="what was asked, as the gateway got it")
    response: dict[str, Any] | None = Field(description="what was answered")
    expired: dict[ContentKind, datetime] = Field(
        description="kinds of its run's content that have expired, and when: `request` or `response` is null then"
    )

    @classmethod
    def of(cls, turn: ToldTurn, expired: Mapping[ContentKind, datetime]) -> Self:
        return cls(
            turn=turn.turn,
            number=turn.number,
            agent=turn.agent,
            task=turn.task,
            asked_at=turn.prepared_at,
            answered_at=turn.recorded_at,
            tool_calls=turn.tool_calls,
            request=None if ContentKind.PROMPTS in expired else turn.request,
            response=None if ContentKind.ANSWERS in expired else turn.response,
            expired=dict(expired),
        )
