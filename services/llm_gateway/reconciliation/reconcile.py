"""`python -m llm_gateway.reconciliation.reconcile`: import the providers' usage reports and correct the ledger.

Each correction is one adjustment event that counts exactly once, in the live budgets and in the ledger; a second run
finds nothing left to do. Prints one JSON report a provider, with the drift of each of its tenants. Exits 0 without
drift, 1 when the ledger and a provider's report still differ, 3 when Redis' counters differ from the ledger, and 4 when
nothing could be compared.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from typing import Any
from uuid import UUID

from pydantic import AliasChoices, Field, PostgresDsn
from redis.exceptions import RedisError

from foundation.domain.errors import DependencyUnavailable
from foundation.domain.money import dollars
from foundation.storage.ledger.llm_events import attempts_to_reconcile
from foundation.storage.ledger.provider_usage import billed_total, billed_without_attempt, import_usage
from foundation.storage.session.database import Database, DatabaseSettings, Transaction
from foundation.telemetry import logs
from llm_gateway.accounting.ledger_writer import LedgerWriter
from llm_gateway.accounting.usage_event import encode_event
from llm_gateway.breakers.alerts import Alert, Alerts
from llm_gateway.budget.redis.connection import RedisSettings, connect
from llm_gateway.budget.store import BudgetStore
from llm_gateway.configuration.loading import load_configuration
from llm_gateway.configuration.publications import Publications
from llm_gateway.reconciliation.corrections import LedgerCorrection, find_corrections
from llm_gateway.reconciliation.drift import TenantDrift, count_tenants, sum_by_tenant
from llm_gateway.reconciliation.usage_report import UsageReport, fetch_report
from llm_gateway.settings import RoutesSettings

_RECORD_SECONDS = 20.0
_SETTLE_SECONDS = 5.0
_CLAIM_IDLE_MS = 2000


class ReconcileSettings(RoutesSettings):
    """Read from the environment, with the settings of the routes, which name the providers' reports."""

    database_url_reconciler: PostgresDsn = Field(
        validation_alias=AliasChoices("LOCKSTEP_DATABASE_URL_RECONCILER", "DATABASE_URL_RECONCILER"),
        description="PostgreSQL as the `reconciler` login; a shell of the local stack has the second name",
    )


@dataclass(frozen=True, slots=True)
class ProviderReport:
    """One provider's report beside the ledger for the same days, in nano-dollars."""

    provider: str
    requests: int
    billed_nano_usd: int
    charged_before_nano_usd: int
    charged_after_nano_usd: int
    adjustments: int
    attempts_unreported: int
    requests_unexplained: list[str]
    tenants: list[TenantDrift]

    @property
    def drift_after(self) -> int:
        return self.charged_after_nano_usd - self.billed_nano_usd

    def as_json(self) -> dict[str, Any]:
        amounts = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            **amounts,
            "tenants": [tenant.as_json() for tenant in self.tenants],
            "drift_before_usd": dollars(self.charged_before_nano_usd - self.billed_nano_usd),
            "drift_after_usd": dollars(self.drift_after),
        }


class ReconcileExit(IntEnum):
    """The exit codes of the process; 2 is a wrong argument."""

    AGREED = 0
    REPORT_DIFFERS = 1
    COUNTERS_DIFFER = 3
    NOT_COMPARED = 4


def choose_exit(reports: Sequence[ProviderReport]) -> ReconcileExit:
    # The sum is not enough, because one tenant's drift may cancel out another's.
    if any(report.drift_after or any(tenant.differs for tenant in report.tenants) for report in reports):
        return ReconcileExit.REPORT_DIFFERS
    if any(tenant.counted.drifts for report in reports for tenant in report.tenants):
        return ReconcileExit.COUNTERS_DIFFER
    return ReconcileExit.AGREED


class Reconciler:
    """Compares the ledger with a provider's report, and writes the adjustments that make them equal."""

    def __init__(self, database: Database, store: BudgetStore, writer: LedgerWriter, alerts: Alerts) -> None:
        self._alerts = alerts
        self._database = database
        self._store = store
        self._writer = writer

    async def reconcile(
        self, provider: str, url: str, *, first: date, last: date, complete_after: timedelta
    ) -> ProviderReport:
        """Bring the ledger's attempts at a provider to its report of the days `first` to `last`."""
        await self._record_everything()
        async with self._database.across_tenants(reason="attempts that may not have been billed") as tx:
            before = await self._attempts(tx, provider, first=first, last=last)
        # The ledger is read before the report: an attempt that ended by then cannot reach the provider any more.
        report = await fetch_report(provider, url, first=first, last=last)
        now = datetime.now(UTC)
        unbilled = _find_unbilled(before, report, now=now, complete_after=complete_after)
        async with self._database.across_tenants(reason="import a usage report") as tx:
            if report.rows:
                await import_usage(tx, report.rows)
        await self._wait_for_settlements(provider, first=first, last=last)
        async with self._database.across_tenants(reason="compare the ledger with a usage report") as tx:
            rows = await self._attempts(tx, provider, first=first, last=last)
        corrections = find_corrections(rows, unbilled=unbilled)
        for one in corrections:
            event = encode_event(one.event)
            answer = await self._store.adjust(
                one.scopes, one.by, event, event_id=one.event.event_id, corrects_ms=one.corrects_ms
            )
            if one.is_above_bound and answer != "closed":
                self._alert_above_bound(one)
            if answer == "closed":
                raise DependencyUnavailable("budgets are being rebuilt: start a gateway and run this again")
        counted = await count_tenants(self._database, self._store, self._record_everything)
        async with self._database.across_tenants(reason="report on a reconciliation") as tx:
            after = await self._attempts(tx, provider, first=first, last=last)
            billed = await billed_total(tx, provider=provider, first=first, last=last)
            unexplained = await billed_without_attempt(tx, provider=provider, first=first, last=last)
        return ProviderReport(
            provider=provider,
            requests=billed.requests,
            billed_nano_usd=billed.nano_usd,
            charged_before_nano_usd=sum(row["cost_nano_usd"] for row in rows),
            charged_after_nano_usd=sum(row["cost_nano_usd"] for row in after),
            adjustments=len(corrections),
            attempts_unreported=sum(row["billed_nano_usd"] is None and row["cost_nano_usd"] > 0 for row in after),
            requests_unexplained=unexplained,
            tenants=sum_by_tenant(after, counted),
        )

    def _alert_above_bound(self, correction: LedgerCorrection) -> None:
        event = correction.event
        self._alerts.send(
            Alert.USAGE_ABOVE_BOUND,
            tenant_id=str(event.tenant_id),
            event_id=str(event.adjusts_event_id),
            provider=event.provider,
            model=event.model,
            why="usage_report",
            tokens_above=correction.by.tokens,
        )

    async def _wait_for_settlements(self, provider: str, *, first: date, last: date) -> None:
        """Wait for calls that were billed just now, whose attempts are not in the ledger until they are settled."""
        deadline = asyncio.get_running_loop().time() + _SETTLE_SECONDS
        while asyncio.get_running_loop().time() < deadline:
            await self._record_everything()
            async with self._database.across_tenants(reason="are all billed requests explained") as tx:
                if not await billed_without_attempt(tx, provider=provider, first=first, last=last):
                    return
            await asyncio.sleep(0.5)

    async def _attempts(self, tx: Transaction, provider: str, *, first: date, last: date) -> list[dict[str, Any]]:
        """The attempts that were billed on these days, or, where nothing was billed, that began on them (UTC)."""
        # A tenant's day and the provider's may differ by one.
        margin = timedelta(days=1)
        rows = await attempts_to_reconcile(tx, provider=provider, first=first - margin, last=last + margin)
        return [row for row in rows if first <= (row["billed_day"] or row["started_at"].astimezone(UTC).date()) <= last]

    async def _record_everything(self) -> None:
        """Write every event that Redis has to the ledger, whether or not a gateway runs."""
        await self._writer.create_groups()
        async with asyncio.timeout(_RECORD_SECONDS):
            while await self._writer.count_unrecorded():
                await self._writer.record_once(new=True, block_ms=None)
                await self._writer.take_over(idle_ms=_CLAIM_IDLE_MS)
                await asyncio.sleep(0.1)


def _find_unbilled(
    attempts: Iterable[Mapping[str, Any]], report: UsageReport, *, now: datetime, complete_after: timedelta
) -> set[UUID]:
    """Attempts that were never billed unless the report names them: the provider says so, or they are old enough."""
    if report.in_flight is not None:
        return {row["event_id"] for row in attempts if str(row["event_id"]) not in report.in_flight}
    return {row["event_id"] for row in attempts if row["started_at"] <= now - complete_after}


async def run(settings: ReconcileSettings, *, first: date, last: date, complete: bool) -> list[ProviderReport]:
    """The reconciliation of each provider that gives reports; `complete` takes all their reports as complete."""
    database = Database(DatabaseSettings(url=settings.database_url_reconciler), application="reconcile")
    redis = connect(RedisSettings())
    try:
        routes = load_configuration(
            settings.all_routes_files, placeholders=settings.placeholders, published=await Publications(database).read()
        )
        writer = LedgerWriter(redis, database, consumer="reconcile")
        alerts = Alerts(redis)
        reconciler = Reconciler(database, BudgetStore(redis, lease=timedelta(seconds=30)), writer, alerts)
        reports = [
            await reconciler.reconcile(
                name,
                provider.usage_report,
                first=first,
                last=last,
                complete_after=timedelta(minutes=0 if complete else provider.report_complete_after_minutes),
            )
            for name, provider in routes.providers.items()
            if provider.usage_report is not None
        ]
        await alerts.flush()
        return reports
    finally:
        await redis.aclose()
        await database.close()


def main() -> None:
    today = datetime.now(UTC).date()
    parser = argparse.ArgumentParser(prog="python -m llm_gateway.reconciliation.reconcile", description=__doc__)
    parser.add_argument("--from", dest="first", type=date.fromisoformat, default=today - timedelta(days=1))
    parser.add_argument("--to", dest="last", type=date.fromisoformat, default=today)
    parser.add_argument(
        "--report-is-complete",
        action="store_true",
        help="attempts charged at their bound that the report does not name were never billed, however young",
    )
    chosen = parser.parse_args()
    logs.configure("reconcile", level="WARNING")
    try:
        reports = asyncio.run(
            run(
                ReconcileSettings(),
                first=chosen.first,
                last=chosen.last,
                complete=chosen.report_is_complete,
            )
        )
    except (DependencyUnavailable, RedisError, TimeoutError) as error:
        sys.stderr.write(f"reconcile: {error}\n")
        sys.exit(ReconcileExit.NOT_COMPARED)
    for report in reports:
        sys.stdout.write(json.dumps(report.as_json()) + "\n")
    sys.exit(choose_exit(reports))


if __name__ == "__main__":
    main()
