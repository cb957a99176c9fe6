"""What the gateway is asked of lasting scopes, and answers: what they have committed and hold in each window."""

from uuid import UUID

from pydantic import Field

from foundation.contracts.message import Message
from foundation.domain.budget_scopes import BudgetScope

MAX_SCOPES = 200


class ScopeName(Message):
    kind: BudgetScope
    scope_id: UUID


class AskSpending(Message):
    """Which scopes of which tenant."""

    tenant_id: UUID
    scopes: list[ScopeName] = Field(max_length=MAX_SCOPES)


class Money(Message):
    tokens: int
    nano_usd: int


class WindowSpending(Message):
    """`label` names the day or month that was counted last, which may be over; it is empty for the total."""

    label: str
    committed: Money
    held: Money


class ScopeSpending(Message):
    scope: ScopeName
    total: WindowSpending
    day: WindowSpending
    month: WindowSpending


class Spending(Message):
    """In the order in which the scopes were asked for."""

    scopes: list[ScopeSpending]
