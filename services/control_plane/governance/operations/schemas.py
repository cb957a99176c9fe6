"""Breakers and alerts as the API shows them."""

from datetime import UTC, datetime
from typing import Any, Self

from pydantic import BaseModel

from foundation.contracts.gateway.operations import Breaker, OperationsEntry


class BreakerList(BaseModel):
    """All of them, so that there is no next page."""

    items: list[Breaker]
    next_cursor: None = None


class AlertView(BaseModel):
    """An alert of the tenant's own calls, or (`kind` breaker) a breaker that changed its state."""

    at: datetime
    kind: str
    name: str
    state: str | None
    why: str | None
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
