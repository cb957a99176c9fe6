"""Tenants' limits and time zones, kept in memory and renewed before a call has to wait for them."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from cachetools import LRUCache
from pydantic import BaseModel, ValidationError

from foundation.contracts.gateway.budget_policy import CLOSED, STRICT, Bounds, RedisAway
from foundation.contracts.gateway.ledger import ScopeKind
from foundation.contracts.gateway.rate_limits import RateLimits
from foundation.contracts.policy.providers import ProviderRules
from foundation.domain.budget_scopes import KILL_SWITCH_SCOPE, BudgetPeriod
from foundation.domain.errors import BudgetExceeded, DependencyUnavailable, Forbidden
from foundation.domain.ids import TenantId
from foundation.domain.money import NO_LIMIT, BudgetLimit
from foundation.domain.people.admission import TenantSuspended
from foundation.storage.ledger.rolling_spend import committed_in_rolling_window
from foundation.storage.limits.tenant_limits import GATEWAYS_KNOW_SECONDS, TenantLimits, read_tenant_limits
from foundation.storage.session.database import Database
from foundation.telemetry.logs import logger
from llm_gateway.budget.limits.backfill import Backfill
from llm_gateway.budget.limits.scopes import LimitedScope, RollingLimit, make_rolling_limit
from llm_gateway.single_flight import SingleFlight

FRESH_SECONDS = 2.0
"""Younger limits are used as they are; older ones are used too, while new ones are fetched beside the call."""
MAX_AGE_SECONDS = GATEWAYS_KNOW_SECONDS
"""A call waits until older limits are renewed; while PostgreSQL is away the last known ones stay in force."""
_MOST_REMEMBERED = 50_000
ALIVE_SECONDS = 15.0
"""A gateway not seen for this long has no share in an allowance, and a rebuild does not wait for it: its holds lapse,
or its journal settles them when it is back."""

Setting = TypeVar("Setting", bound=BaseModel)

_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class EffectiveLimits:
    """All limits of one tenant, and what it has declared about them; `gateways` are alive, as last known."""

    zone: ZoneInfo
    by_scope: Mapping[tuple[str, UUID], Mapping[str, BudgetLimit]]
    rates: RateLimits
    rolling: Mapping[tuple[str, UUID], RollingLimit] = field(default_factory=dict)
    bounds: Bounds = STRICT
    redis_away: RedisAway = CLOSED
    gateways: int = 1
    providers: ProviderRules | None = None
    """Where its calls may go; None for everywhere."""

    def scope(self, kind: ScopeKind, scope_id: UUID) -> LimitedScope:
        by_period = self.by_scope.get((kind.value, scope_id), {})
        total, day, month = (
            by_period.get(period, NO_LIMIT) for period in (BudgetPeriod.TOTAL, BudgetPeriod.DAY, BudgetPeriod.MONTH)
        )
        window = self.rolling.get((kind.value, scope_id))
        return LimitedScope(kind, scope_id, total=total, day=day, month=month, rolling=window)


@dataclass(frozen=True, slots=True)
class _KnownLimits:
    limits: EffectiveLimits
    loaded_at: float


class TenantLimitsCache:
    """The limits of the tenants that called last. Old ones are kept, because they hold while PostgreSQL is away."""

    def __init__(self, database: Database, *, shipped: RateLimits, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._shipped = shipped
        self._clock = clock
        self._known: LRUCache[TenantId, _KnownLimits] = LRUCache(_MOST_REMEMBERED)
        self._loads: SingleFlight[TenantId, EffectiveLimits] = SingleFlight()

    def ship(self, limits: RateLimits) -> None:
        """Change the limits of tenants that have set none; each tenant gets them when its own are renewed."""
        self._shipped = limits

    async def of(self, tenant_id: TenantId) -> EffectiveLimits:
        """The tenant's limits; `DependencyUnavailable` when they were never seen and PostgreSQL is away."""
        known = self._known.get(tenant_id)
        if known is None:
            return await self._loads.join(tenant_id, lambda: self._load(tenant_id))
        age = self._clock() - known.loaded_at
        if age > FRESH_SECONDS:
            renewal = self._loads.start(tenant_id, lambda: self._load(tenant_id))
            if age > MAX_AGE_SECONDS:
                try:
                    return await asyncio.shield(renewal)
                except DependencyUnavailable:
                    _log.debug("PostgreSQL is away, the last known limits hold", extra={"tenant_id": str(tenant_id)})
        return known.limits

    async def providers_of(self, tenant_id: TenantId) -> ProviderRules | None:
        """Where the tenant's calls may go; raises what `of` does."""
        return (await self.of(tenant_id)).providers

    async def read_spent(
        self, tenant_id: TenantId, scope: LimitedScope, window: RollingLimit, *, until_ms: int
    ) -> Backfill:
        """What the ledger has of a rolling window; `DependencyUnavailable` when PostgreSQL is away."""
        async with self._database.tenant(tenant_id) as tx:
            sums = await committed_in_rolling_window(
                tx,
                scope=scope.kind.value,
                scope_id=scope.scope_id,
                width_ms=window.width_ms,
                slice_ms=window.slice_ms,
                until_ms=until_ms,
            )
        return Backfill(until_ms, {one.slice: one.amount for one in sums})

    async def _load(self, tenant_id: TenantId) -> EffectiveLimits:
        async with self._database.tenant(tenant_id) as tx:
            declared = await read_tenant_limits(tx, alive_seconds=ALIVE_SECONDS)
        if declared is None or declared.suspended:
            self._known.pop(tenant_id, None)
            if declared:
                raise TenantSuspended(declared.suspended_reason)
            raise Forbidden("there is no such tenant", remedy="use a key or token of a tenant that exists")
        if (switch := declared.stopped) is not None:
            # Forgotten, so that nothing is admitted by what was known before, whatever is away meanwhile.
            self._known.pop(tenant_id, None)
            # Refused as money is that there is none of, so that workers pause the run instead of failing its step.
            raise BudgetExceeded(switch.in_words(), scope=KILL_SWITCH_SCOPE, remedy=switch.lifted_by())
        limits = self._combine(tenant_id, declared)
        self._known[tenant_id] = _KnownLimits(limits, self._clock())
        return limits

    def _combine(self, tenant_id: TenantId, declared: TenantLimits) -> EffectiveLimits:
        by_scope: dict[tuple[str, UUID], dict[str, BudgetLimit]] = {}
        windows: dict[tuple[str, UUID], RollingLimit] = {}
        for budget in declared.budgets:
            scope = budget.name.scope.value, budget.name.scope_id
            if budget.window_seconds is None:
                by_scope.setdefault(scope, {})[budget.name.period] = budget.limit
            else:
                windows[scope] = make_rolling_limit(budget.window_seconds, budget.limit)
        settings = declared.settings
        return EffectiveLimits(
            ZoneInfo(declared.time_zone),
            by_scope,
            self._shipped.changed_by(_read_setting(tenant_id, settings, "limits", RateLimits())),
            rolling=windows,
            bounds=_read_setting(tenant_id, settings, "bounds", STRICT),
            redis_away=_read_setting(tenant_id, settings, "redis_away", CLOSED),
            gateways=declared.gateways,
            providers=ProviderRules.of_settings(settings),
        )


def _read_setting(tenant_id: TenantId, settings: Mapping[str, object], name: str, shipped: Setting) -> Setting:
    """A tenant's setting of this name; the default where it is not valid."""
    try:
        return shipped if settings.get(name) is None else type(shipped).model_validate(settings[name])
    except ValidationError as error:
        why = error.errors(include_url=False, include_input=False, include_context=False)
        fields = {"tenant_id": str(tenant_id), "setting": name, "why": why}
        _log.warning("a tenant's setting is not valid, so the default is used", extra=fields)
        return shipped
