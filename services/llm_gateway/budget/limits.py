"""A tenant's limits and clock, kept in memory for at most five seconds and renewed before anyone waits for it."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from foundation.domain.errors import DependencyUnavailable, Forbidden
from foundation.storage.budgets import BudgetRow, TenantLimits, read_tenant_limits
from foundation.storage.database import Database
from foundation.storage.unavailable import postgres_unavailable
from foundation.telemetry.logs import logger
from llm_gateway.budget.rates import RateLimits
from llm_gateway.budget.scopes import NO_LIMIT, Limit, Period, Scope, ScopeKind

FRESH_SECONDS = 2.0
"""Younger limits are used as they are; older ones are used too, while new ones are fetched beside the call."""
MAX_AGE_SECONDS = 5.0
"""Older limits are waited for, unless PostgreSQL is away: then the last known ones hold."""
_FORGET_SECONDS = 600.0

_log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """All limits of one tenant."""

    zone: ZoneInfo
    by_scope: dict[tuple[str, UUID], dict[str, Limit]]
    rates: RateLimits

    def scope(self, kind: ScopeKind, scope_id: UUID) -> Scope:
        by_period = self.by_scope.get((kind.value, scope_id), {})
        total, day, month = (by_period.get(period, NO_LIMIT) for period in Period)
        return Scope(kind, scope_id, total=total, day=day, month=month)


@dataclass(slots=True)
class _Known:
    limits: Limits
    loaded_at: float
    fetching: "asyncio.Task[Limits] | None" = None


class LimitsCache:
    def __init__(self, database: Database, *, shipped: RateLimits, clock: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._shipped = shipped
        self._clock = clock
        self._known: dict[UUID, _Known] = {}
        self._first: dict[UUID, asyncio.Task[Limits]] = {}

    def ship(self, limits: RateLimits) -> None:
        """What holds where a tenant has said nothing else; tenants get it when theirs are renewed."""
        self._shipped = limits

    async def of(self, tenant_id: UUID) -> Limits:
        """The tenant's limits; `DependencyUnavailable` when they were never seen and PostgreSQL is away."""
        known = self._known.get(tenant_id)
        if known is None:
            task = self._first.setdefault(tenant_id, asyncio.ensure_future(self._load(tenant_id)))
            try:
                return await asyncio.shield(task)
            finally:
                if task.done():
                    self._first.pop(tenant_id, None)
        age = self._clock() - known.loaded_at
        if age > FRESH_SECONDS and known.fetching is None:
            known.fetching = asyncio.ensure_future(self._load(tenant_id))
            known.fetching.add_done_callback(lambda task: self._fetched(known, task))
        if age > MAX_AGE_SECONDS and known.fetching is not None:
            try:
                return await asyncio.shield(known.fetching)
            except DependencyUnavailable:
                _log.debug("PostgreSQL is away, the last known limits hold", extra={"tenant_id": str(tenant_id)})
        return known.limits

    def _fetched(self, known: _Known, task: "asyncio.Task[Limits]") -> None:
        known.fetching = None
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.debug("limits could not be renewed", exc_info=error)

    async def _load(self, tenant_id: UUID) -> Limits:
        with postgres_unavailable():
            async with self._database.tenant(tenant_id) as tx:
                found = await read_tenant_limits(tx)
        if found is None or found.suspended:
            self._known.pop(tenant_id, None)
            raise Forbidden("the tenant is suspended" if found else "there is no such tenant")
        limits = _limits(found, self._rates(tenant_id, found))
        now = self._clock()
        self._known[tenant_id] = _Known(limits, now)
        for other in [key for key, value in self._known.items() if now - value.loaded_at > _FORGET_SECONDS]:
            del self._known[other]
        return limits

    def _rates(self, tenant_id: UUID, found: TenantLimits) -> RateLimits:
        """The shipped limits as the tenant changed them; unchanged where what the tenant has cannot be read."""
        try:
            return self._shipped.changed_by(RateLimits.model_validate(found.rate_limits))
        except ValidationError as error:
            about = {"tenant_id": str(tenant_id), "why": error.errors(include_url=False, include_input=False)}
            _log.error("the tenant's limits are not valid, the shipped ones hold", extra=about)
            return self._shipped


def _limits(found: TenantLimits, rates: RateLimits) -> Limits:
    by_scope: dict[tuple[str, UUID], dict[str, Limit]] = {}
    for row in found.budgets:
        by_scope.setdefault((row.scope, row.scope_id), {})[row.period] = _limit(row)
    return Limits(ZoneInfo(found.time_zone), by_scope, rates)


def _limit(row: BudgetRow) -> Limit:
    return Limit(row.limit_tokens, row.limit_nano_usd)
