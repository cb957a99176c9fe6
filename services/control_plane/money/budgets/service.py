"""What can be done with budgets; what changes them is one transaction that needs no gateway."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from control_plane.identity.callers import ApiCaller
from control_plane.money.budgets.schemas import NewBudget, StandingBudget
from control_plane.money.budgets.standing import with_standings
from control_plane.requests.etags import stale
from control_plane.requests.lists.listed import ListOf, ListRequest
from control_plane.resources import AppResources
from foundation.domain.budget_scopes import BudgetPeriod, BudgetScope
from foundation.domain.errors import BadRequest, Conflict, Fault, NotFound
from foundation.domain.ids import ApiKeyId
from foundation.domain.money import BudgetLimit
from foundation.storage.limits import budget_settings, key_budgets
from foundation.storage.limits.budget_settings import BudgetName, DeclaredBudget, ScopeBudget
from foundation.storage.limits.key_budgets import KeyBeside
from foundation.storage.people import audit, tenants
from foundation.storage.session.database import Transaction
from foundation.storage.session.seen import Expected, only_makes

SHOWN_KEYS = 20


class KeysBesideBudget(Conflict):
    """Keys would spend beside a budget; `keys` are some, and `more` whether there are more."""

    code = "keys_beside_budget"

    def __init__(
        self,
        keys: Sequence[KeyBeside],
        reason: str = "keys that were made with this one are usable, and their calls would not count in its budget",
        remedy: str = "revoke them or give them budgets first, or send beside_keys=true: then they spend beside it",
    ) -> None:
        super().__init__(reason, remedy=remedy)
        self.keys = keys

    def data(self) -> Mapping[str, object]:
        shown = [{"id": str(key.api_key_id), "name": key.name} for key in self.keys[:SHOWN_KEYS]]
        return {"keys": shown, "more": len(self.keys) > SHOWN_KEYS}


async def page(
    app: AppResources, caller: ApiCaller, asked: ListRequest, listed: ListOf[ScopeBudget]
) -> tuple[list[StandingBudget], str | None]:
    """Budgets and the cursor behind them; what is committed and left is asked of the gateway after the transaction."""
    async with app.database.tenant(caller.tenant_id) as tx:
        rows = await budget_settings.page(tx, caller.tenant_id, asked.part)
    budgets, next_cursor = listed.cut(rows, asked)
    if "now" not in asked.fields:
        return [StandingBudget.of(budget) for budget in budgets], next_cursor
    return await with_standings(app, caller.tenant_id, budgets), next_cursor


async def of_scope(app: AppResources, caller: ApiCaller, scope: BudgetScope, scope_id: UUID) -> list[StandingBudget]:
    async with app.database.tenant(caller.tenant_id) as tx:
        budgets = await budget_settings.of_scope(tx, caller.tenant_id, scope, scope_id)
        if not budgets:
            await _require_scope(tx, caller, scope, scope_id)
    return await with_standings(app, caller.tenant_id, budgets)


async def get(app: AppResources, caller: ApiCaller, name: BudgetName) -> StandingBudget:
    async with app.database.tenant(caller.tenant_id) as tx:
        budget = await _get(tx, caller, name)
    return (await with_standings(app, caller.tenant_id, [budget]))[0]


async def put(
    tx: Transaction, caller: ApiCaller, name: BudgetName, wanted: NewBudget, *, expected: Expected, beside_keys: bool
) -> tuple[ScopeBudget, bool]:
    """The budget as it stands now, and whether it is new; with an expected version it only replaces that one.

    `KeysBesideBudget` where it is a key's first one and others were made with the key, unless they may spend beside it.
    """
    declared = declared_budget(name, wanted)
    if await budget_settings.get(tx, caller.tenant_id, name) is None:
        # One that is there stays when its member leaves, and is read, replaced and deleted as before.
        await _require_scope(tx, caller, name.scope, name.scope_id)
    beside = await _beside(tx, caller, name)
    if beside and not beside_keys:
        raise KeysBesideBudget(beside)
    if expected is None or expected.nothing:
        put = await budget_settings.put(tx, caller.tenant_id, declared, only_new=only_makes(expected))
        budget, is_new = put or (await _mismatch(tx, caller, name, expected), False)
    else:
        replaced = await budget_settings.replace(tx, caller.tenant_id, declared, expected=expected)
        budget, is_new = replaced or await _mismatch(tx, caller, name, expected), False
    detail = {
        "limit_tokens": declared.limit.tokens,
        "limit_nano_usd": declared.limit.nano_usd,
        "window_seconds": declared.window_seconds,
        "version": budget.version,
        **({"beside_keys": [str(key.api_key_id) for key in beside]} if beside else {}),
    }
    await audit.record(tx, caller.tenant_id, actor=caller.actor, action="budget.put", target=str(name), detail=detail)
    return budget, is_new


async def delete(
    tx: Transaction, caller: ApiCaller, name: BudgetName, *, expected: Expected, beside_keys: bool
) -> None:
    """`KeysBesideBudget` where the key has no other and is below one with a budget, unless it may spend beside that."""
    await tenants.hold(tx, caller.tenant_id)
    if not await budget_settings.remove(tx, caller.tenant_id, name, expected=expected):
        raise stale("budget", (await _get(tx, caller, name)).version, expected)
    is_keys = name.scope is BudgetScope.KEY
    freed = await key_budgets.freed_by(tx, caller.tenant_id, ApiKeyId(name.scope_id)) if is_keys else None
    if freed and not beside_keys:
        reason = "the key was made or rotated with one that has a budget, and its calls would count in none"
        raise KeysBesideBudget([freed], reason, "revoke the key, or send beside_keys=true: then it spends beside it")
    detail = {"beside_keys": [str(freed.api_key_id)]} if freed else {}
    await audit.record(
        tx, caller.tenant_id, actor=caller.actor, action="budget.delete", target=str(name), detail=detail
    )


def declared_budget(name: BudgetName, wanted: NewBudget) -> DeclaredBudget:
    if (name.period is BudgetPeriod.ROLLING) != (wanted.window_seconds is not None):
        detail = "a rolling budget needs window_seconds, and no other budget has it"
        raise BadRequest(detail, faults=(Fault("/body/window_seconds", detail),))
    return DeclaredBudget(name, BudgetLimit(wanted.limit_tokens, wanted.nano()), wanted.window_seconds)


async def _beside(tx: Transaction, caller: ApiCaller, name: BudgetName) -> list[KeyBeside]:
    """Keys that the first budget of a key would not hold; once it has one, the key makes no more."""
    if name.scope is not BudgetScope.KEY:
        return []
    if await budget_settings.of_scope(tx, caller.tenant_id, name.scope, name.scope_id):
        return []
    return await key_budgets.beside_budget(tx, caller.tenant_id, ApiKeyId(name.scope_id), most=SHOWN_KEYS + 1)


async def _require_scope(tx: Transaction, caller: ApiCaller, scope: BudgetScope, scope_id: UUID) -> None:
    if not await budget_settings.scope_exists(tx, caller.tenant_id, scope, scope_id):
        is_tenant = scope is BudgetScope.TENANT
        remedy = "give the id of your tenant" if is_tenant else f"give the id of a {scope} of your tenant"
        raise NotFound(f"there is no such {scope} here", remedy=remedy)


async def _get(tx: Transaction, caller: ApiCaller, name: BudgetName) -> ScopeBudget:
    budget = await budget_settings.get(tx, caller.tenant_id, name)
    if budget is None:
        raise NotFound("there is no such budget", remedy="GET /api/v1/budgets lists those that are set")
    return budget


async def _mismatch(tx: Transaction, caller: ApiCaller, name: BudgetName, expected: Expected) -> ScopeBudget:
    current = await budget_settings.get(tx, caller.tenant_id, name)
    raise stale("budget", None if current is None else current.version, expected)
