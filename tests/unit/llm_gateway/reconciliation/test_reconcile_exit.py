"""What the reconciliation's exit code says of its reports."""

from uuid import uuid4

import pytest

from foundation.domain.ids import TenantId
from foundation.domain.money import Amount
from llm_gateway.reconciliation.drift import LedgerCount, TenantDrift
from llm_gateway.reconciliation.reconcile import ProviderReport, ReconcileExit, choose_exit


def tenant(*, billed: int, charged: int, counters: int | None = None) -> TenantDrift:
    ledger = Amount(0, charged)
    return TenantDrift(
        TenantId(uuid4()), billed, charged, LedgerCount(ledger, None if counters is None else Amount(0, counters))
    )


def report(*tenants: TenantDrift, billed: int) -> ProviderReport:
    charged = sum(one.charged_nano_usd for one in tenants)
    return ProviderReport("p", 2, billed, charged, charged, 0, 0, [], list(tenants))


@pytest.mark.parametrize(
    ("reports", "said"),
    [
        ([], ReconcileExit.AGREED),
        ([report(tenant(billed=7, charged=7, counters=7), billed=7)], ReconcileExit.AGREED),
        # counters that did not stand still say nothing
        ([report(tenant(billed=7, charged=7), billed=7)], ReconcileExit.AGREED),
        # a request that no tenant made
        ([report(tenant(billed=7, charged=7), billed=8)], ReconcileExit.REPORT_DIFFERS),
        # two tenants' drifts that make up for each other
        ([report(tenant(billed=7, charged=8), tenant(billed=7, charged=6), billed=14)], ReconcileExit.REPORT_DIFFERS),
        ([report(tenant(billed=7, charged=7, counters=8), billed=7)], ReconcileExit.COUNTERS_DIFFER),
        ([report(tenant(billed=7, charged=7), billed=7), report(billed=1)], ReconcileExit.REPORT_DIFFERS),
    ],
)
def test_every_difference_is_told(reports: list[ProviderReport], said: ReconcileExit) -> None:
    assert choose_exit(reports) is said
