"""Requests to the gateway, and its answers, about what scopes have committed and hold in each window."""

from uuid import UUID

from pydantic import Field

from foundation.contracts.message import Message
from foundation.domain.budget_scopes import BudgetScope
from foundation.domain.ids import RunId, TenantId
from foundation.domain.money import NOTHING, Amount

MAX_SCOPES = 200


class ScopeName(Message):
    """One of a tenant's scopes that outlast a run: the tenant itself, a user, or a key."""

    kind: BudgetScope
    scope_id: UUID


class SpendingQuery(Message):
    """The scopes of a tenant that a request is about."""

    tenant_id: TenantId
    scopes: list[ScopeName] = Field(max_length=MAX_SCOPES)


class ScopeMoney(Message):
    """What a run's scope has committed and holds."""

    scope: str
    scope_id: UUID
    committed: Amount
    held: Amount


class RunMoney(Message):
    """What the run, its tenant and the named steps have committed and hold."""

    run_id: RunId
    scopes: list[ScopeMoney]

    def is_closed_at(self, charged: Amount) -> bool:
        """Whether the run holds nothing any more and has committed exactly this."""
        run = next(one for one in self.scopes if one.scope_id == self.run_id)
        return run.held == NOTHING and run.committed == charged


class ForgottenTenant(Message):
    """How many keys of a tenant were removed; none while calls of it hold something, or are not in the ledger yet."""

    held: Amount
    keys: int
    recorded: bool = True
    """Whether the ledger has all that was settled of its calls; a gateway of before this member does not say."""

    @property
    def is_open(self) -> bool:
        return self.held != NOTHING or not self.recorded


class WindowSpending(Message):
    """`label` names the day or month that was counted last, which may be over; it is empty for the total."""

    label: str
    committed: Amount
    held: Amount


class ScopeSpending(Message):
    """What one scope has committed and holds: in all, this day, and this month."""

    scope: ScopeName
    total: WindowSpending
    day: WindowSpending
    month: WindowSpending


class Spending(Message):
    """What each scope of the query has committed and holds, in the order of the query."""

    scopes: list[ScopeSpending]
