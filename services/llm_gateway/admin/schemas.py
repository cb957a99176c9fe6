"""What the internal routes take and give."""

from typing import Any
from uuid import UUID

from msgspec.structs import asdict
from pydantic import BaseModel, ConfigDict, Field

from llm_gateway.breakers.board import BreakerView


class CloseRun(BaseModel):
    """`generation`: calls up to it are refused from now on; without it those of every generation are."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    tenant_id: UUID
    generation: int | None = Field(default=None, ge=1)


class Money(BaseModel):
    tokens: int
    nano_usd: int


class ScopeMoney(BaseModel):
    """What a scope has committed and holds."""

    scope: str
    scope_id: UUID
    committed: Money
    held: Money


class RunMoney(BaseModel):
    run_id: UUID
    scopes: list[ScopeMoney]


class BreakerAnswer(BaseModel):
    """A breaker: `state` is closed, half-open or open, `calls` and `failures` are what this gateway saw lately."""

    provider: str
    model: str
    state: str
    why: str
    retry_after_seconds: float
    calls: int
    failures: int

    @classmethod
    def of(cls, view: BreakerView) -> "BreakerAnswer":
        return cls(**asdict(view))


class OperationsEntry(BaseModel):
    """An alert, or a breaker's change."""

    at_ms: int
    kind: str
    name: str
    state: str | None = None
    why: str | None = None
    by: str | None = None
    about: dict[str, Any] | None = None
