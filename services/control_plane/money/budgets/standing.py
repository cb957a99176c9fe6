"""What is committed, held and left of budgets now: the gateway's counters, and the ledger for rolling windows."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from control_plane.money.budgets.schemas import Amounts, Left, Standing, StandingBudget, shown_limit
from control_plane.resources import AppResources
from foundation.contracts.gateway.spending import ScopeName, ScopeSpending, WindowSpending
from foundation.domain.budget_scopes import BudgetPeriod, day_label, month_label
from foundation.domain.errors import DependencyUnavailable
from foundation.domain.ids import TenantId
from foundation.domain.money import NOTHING, Amount, BudgetLimit, dollars
from foundation.storage.ledger import rolling_spend
from foundation.storage.limits.budget_settings import BudgetName, ScopeBudget
from foundation.storage.people import tenant_settings
from foundation.telemetry.logs import logger

_log = logger(__name__)


async def with_standings(
    app: AppResources, tenant_id: TenantId, budgets: Sequence[ScopeBudget]
) -> list[StandingBudget]:
    """Asks the gateway once for all of them, outside any transaction."""
    views = [StandingBudget.of(budget) for budget in budgets]
    scopes = list(dict.fromkeys(_scope(budget.name) for budget in budgets))
    if not scopes:
        return views
    try:
        spending = await app.gateway.spending(tenant_id, scopes)
    except DependencyUnavailable as error:
        _log.warning("budgets are shown without what they have spent: the gateway does not answer", exc_info=error)
        return views
    by_scope = {one.scope: one for one in spending.scopes}
    rolling, zone = await _from_database(app, tenant_id, budgets)
    now = datetime.now(UTC).astimezone(zone)
    for view, budget in zip(views, budgets, strict=True):
        spent = by_scope[_scope(budget.name)]
        committed, in_flight = counted_in_window(budget.name, spent, rolling, now)
        view.now = balance_of(budget.limit, committed, in_flight)
    return views


async def _from_database(
    app: AppResources, tenant_id: TenantId, budgets: Sequence[ScopeBudget]
) -> tuple[dict[BudgetName, Amount], ZoneInfo]:
    """What the ledger has of the rolling windows, and the zone of the tenant's days."""
    rolling = {}
    async with app.database.tenant(tenant_id) as tx:
        for budget in budgets:
            if (seconds := budget.window_seconds) is not None:
                name = budget.name
                rolling[name] = await rolling_spend.charged_within(
                    tx, tenant_id, name.scope, name.scope_id, seconds=seconds
                )
        return rolling, ZoneInfo(await tenant_settings.time_zone(tx, tenant_id))


def counted_in_window(
    name: BudgetName, spent: ScopeSpending, rolling: Mapping[BudgetName, Amount], now: datetime
) -> tuple[Amount, Amount]:
    """What counts as committed and as held; a day or month that is over counts nothing in the one that runs."""
    match name.period:
        case BudgetPeriod.DAY:
            return _in_window(spent.day, day_label(now))
        case BudgetPeriod.MONTH:
            return _in_window(spent.month, month_label(now))
        case BudgetPeriod.ROLLING:
            return rolling[name], spent.total.held
        case BudgetPeriod.TOTAL:
            return spent.total.committed, spent.total.held


def _in_window(window: WindowSpending, label: str) -> tuple[Amount, Amount]:
    return (window.committed, window.held) if window.label == label else (NOTHING, NOTHING)


def balance_of(limit: BudgetLimit, committed: Amount, held: Amount) -> Standing:
    left = limit.left_after(committed + held)
    return Standing(
        committed=_amounts(committed),
        held=_amounts(held),
        left=Left(tokens=left.tokens, cost_usd=shown_limit(left)),
    )


def _amounts(money: Amount) -> Amounts:
    return Amounts(tokens=money.tokens, cost_usd=dollars(money.nano_usd))


def _scope(name: BudgetName) -> ScopeName:
    return ScopeName(kind=name.scope, scope_id=name.scope_id)
