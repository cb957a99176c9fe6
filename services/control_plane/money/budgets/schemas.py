"""Budgets as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator

from foundation.contracts.accepted.amounts import DollarsAsSent
from foundation.domain.budget_scopes import BudgetPeriod, BudgetScope
from foundation.domain.money import MAX_AMOUNT, BudgetLimit, dollars, nano_usd
from foundation.storage.limits.budget_settings import ScopeBudget


class NewBudget(BaseModel):
    """At least one limit; 0 admits nothing. `window_seconds` is for rolling budgets, which need it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"limit_tokens": 2_000_000, "cost_usd": "12.50"}]}
    )

    limit_tokens: Annotated[int, Field(strict=True, ge=0, le=MAX_AMOUNT)] | None = None
    cost_usd: DollarsAsSent | None = None
    window_seconds: Annotated[int, Field(strict=True, ge=3600, le=2_678_400)] | None = None

    @model_validator(mode="after")
    def _limits_something(self) -> Self:
        if self.limit_tokens is None and self.cost_usd is None:
            raise ValueError("a budget has limit_tokens, cost_usd or both")
        return self

    def nano(self) -> int | None:
        return None if self.cost_usd is None else nano_usd(self.cost_usd)


class Amounts(BaseModel):
    """Tokens, and the money that they cost."""

    tokens: int
    cost_usd: str = Field(description="decimal dollars", examples=["0.001234"])


class Left(BaseModel):
    """Null where nothing is limited; 0 where more is spent than a lowered limit allows."""

    tokens: int | None
    cost_usd: str | None


class Standing(BaseModel):
    """What is committed and held in the budget's window; a call needs room for its bound in what is left."""

    committed: Amounts
    held: Amounts
    left: Left


def shown_limit(limit: BudgetLimit) -> str | None:
    return None if limit.nano_usd is None else dollars(limit.nano_usd)


class BudgetView(BaseModel):
    """A budget as it was set; `null` sets no limit, and `window_seconds` is there for a rolling budget alone."""

    scope: BudgetScope
    scope_id: UUID
    period: BudgetPeriod
    window_seconds: int | None
    limit_tokens: int | None
    cost_usd: str | None
    version: int
    updated_at: datetime

    @classmethod
    def of(cls, budget: ScopeBudget) -> Self:
        return cls(
            scope=budget.name.scope,
            scope_id=budget.name.scope_id,
            period=budget.name.period,
            window_seconds=budget.window_seconds,
            limit_tokens=budget.limit.tokens,
            cost_usd=shown_limit(budget.limit),
            version=budget.version,
            updated_at=budget.updated_at,
        )


class StandingBudget(BudgetView):
    """`now` is null while the gateway does not answer: the limits stand, what is spent cannot be told."""

    now: Standing | None = None


class BudgetList(BaseModel):
    """All of one scope, so that there is no next page."""

    items: list[StandingBudget]
    next_cursor: None = None
