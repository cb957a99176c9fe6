"""Compares three accounts of each tenant: what was billed, what the ledger charged, and what Redis counts."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from foundation.contracts.gateway.ledger import ScopeKind
from foundation.domain.ids import TenantId
from foundation.domain.money import Amount, dollars
from foundation.storage.ledger.llm_events import CommittedByTenant, committed_by_tenant, tenants_without_counters
from foundation.storage.session.database import Database
from llm_gateway.budget.redis import keys
from llm_gateway.budget.store import BudgetStore

_TRIES = 3


@dataclass(frozen=True, slots=True)
class LedgerCount:
    """A tenant's whole ledger beside its counters.

    None where calls went on while both were read, or where the tenant is deleted and has none any more.
    """

    ledger: Amount
    counters: Amount | None

    @property
    def drifts(self) -> bool:
        return self.counters is not None and self.counters != self.ledger


@dataclass(frozen=True, slots=True)
class TenantDrift:
    """One tenant's attempts at one provider in the days of the report, and all that it was ever charged."""

    tenant_id: TenantId
    billed_nano_usd: int
    charged_nano_usd: int
    counted: LedgerCount

    @property
    def differs(self) -> bool:
        """Whether the ledger charges something else than was billed."""
        return self.charged_nano_usd != self.billed_nano_usd

    @property
    def drifts(self) -> bool:
        return self.counted.drifts or self.differs

    def as_json(self) -> dict[str, Any]:
        """Amounts in nano-dollars, drifts in dollars; null where calls went on while they were read."""
        counters = self.counted.counters
        drift = None if counters is None else counters.nano_usd - self.counted.ledger.nano_usd
        return {
            "tenant_id": str(self.tenant_id),
            "billed_nano_usd": self.billed_nano_usd,
            "charged_nano_usd": self.charged_nano_usd,
            "drift_usd": dollars(self.charged_nano_usd - self.billed_nano_usd),
            "ledger_nano_usd": self.counted.ledger.nano_usd,
            "counters_nano_usd": None if counters is None else counters.nano_usd,
            "counters_drift_usd": None if drift is None else dollars(drift),
            "counters_drift_tokens": None if counters is None else counters.tokens - self.counted.ledger.tokens,
        }


def sum_by_tenant(attempts: Iterable[Mapping[str, Any]], counted: Mapping[TenantId, LedgerCount]) -> list[TenantDrift]:
    """The tenants of these attempts, each with its sums."""
    sums: dict[TenantId, tuple[int, int]] = {}
    for row in attempts:
        billed, charged = sums.get(row["tenant_id"], (0, 0))
        sums[row["tenant_id"]] = billed + (row["billed_nano_usd"] or 0), charged + row["cost_nano_usd"]
    return [TenantDrift(tenant_id, *amounts, counted[tenant_id]) for tenant_id, amounts in sorted(sums.items())]


async def count_tenants(
    database: Database, store: BudgetStore, record_everything: Callable[[], Awaitable[None]]
) -> dict[TenantId, LedgerCount]:
    """Every tenant's ledger and counters; `record_everything` first writes all events in Redis to the ledger."""
    counts: dict[TenantId, LedgerCount] = {}
    deleted = await _read_deleted(database)
    tenants = {row.tenant_id for row in await _read_ledger(database)} - deleted
    for _ in range(_TRIES):
        before = {tenant_id: await _read_counters(store, tenant_id) for tenant_id in tenants}
        await record_everything()
        for row in await _read_ledger(database):
            if row.tenant_id not in counts or row.tenant_id in tenants:
                same = before.get(row.tenant_id) == await _read_counters(store, row.tenant_id)
                counters = before.get(row.tenant_id) if same else None
                counts[row.tenant_id] = LedgerCount(row.amount, counters)
        tenants = {tenant_id for tenant_id, one in counts.items() if one.counters is None} - deleted
        if not tenants:
            break
    return counts


async def _read_ledger(database: Database) -> list[CommittedByTenant]:
    async with database.across_tenants(reason="compare the ledger with Redis' counters") as tx:
        return await committed_by_tenant(tx)


async def _read_deleted(database: Database) -> frozenset[TenantId]:
    async with database.across_tenants(reason="whose ledger has no counters beside it any more") as tx:
        return await tenants_without_counters(tx)


async def _read_counters(store: BudgetStore, tenant_id: TenantId) -> Amount | None:
    """None while they are being rebuilt."""
    if not await store.is_open(keys.bucket_of(tenant_id)):
        return None
    return (await store.counters(tenant_id, ScopeKind.TENANT, tenant_id)).committed
