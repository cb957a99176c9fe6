"""Budget warnings as the API shows them."""

from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from foundation.contracts.gateway.ledger import ScopeKind
from foundation.domain.budget_scopes import BudgetPeriod
from foundation.domain.money import dollars
from foundation.storage.limits.budget_warnings import BudgetWarning


class LimitAmount(BaseModel):
    """In the unit of the limit that came first; the other is null."""

    tokens: int | None
    cost_usd: str | None

    @classmethod
    def of(cls, amount: int, unit: str) -> Self:
        in_tokens = unit == "tokens"
        return cls(tokens=amount if in_tokens else None, cost_usd=None if in_tokens else dollars(amount))


class WarningView(BaseModel):
    """Four fifths of a limit were committed."""

    scope: ScopeKind
    scope_id: UUID
    period: BudgetPeriod
    window: str = Field(description="the day or month, `total`, or the number of the rolling window")
    limit: LimitAmount
    committed: LimitAmount
    warned_at: datetime

    @classmethod
    def of(cls, warning: BudgetWarning) -> Self:
        return cls(
            scope=ScopeKind(warning.scope),
            scope_id=warning.scope_id,
            period=BudgetPeriod(warning.period),
            window=warning.label,
            limit=LimitAmount.of(warning.limit_amount, warning.unit),
            committed=LimitAmount.of(warning.committed, warning.unit),
            warned_at=warning.warned_at,
        )
