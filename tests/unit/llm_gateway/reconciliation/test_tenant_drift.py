"""Three accounts of a tenant are compared two by two; counters that moved while they were read say nothing."""

from typing import Any

from foundation.domain.ids import TenantId, new_uuid
from foundation.domain.money import Amount
from llm_gateway.reconciliation.drift import LedgerCount, TenantDrift, sum_by_tenant

TENANT, OTHER = sorted((TenantId(new_uuid()), TenantId(new_uuid())))
EQUAL = LedgerCount(Amount(10, 100), Amount(10, 100))


def test_counters_drift_when_tokens_or_money_differ_and_not_when_they_moved() -> None:
    assert not EQUAL.drifts
    assert LedgerCount(Amount(10, 100), Amount(11, 100)).drifts
    assert LedgerCount(Amount(10, 100), Amount(10, 99)).drifts
    assert not LedgerCount(Amount(10, 100), None).drifts


def test_a_tenant_differs_when_it_was_not_charged_what_was_billed() -> None:
    assert TenantDrift(TENANT, 100, 101, EQUAL).differs
    assert TenantDrift(TENANT, 100, 101, EQUAL).drifts
    assert not TenantDrift(TENANT, 100, 100, EQUAL).drifts
    assert TenantDrift(TENANT, 100, 100, LedgerCount(Amount(1, 1), Amount(0, 1))).drifts


def test_the_report_has_the_drift_as_what_is_too_much() -> None:
    report = TenantDrift(TENANT, 1_000_000_000, 3_000_000_000, LedgerCount(Amount(5, 10), Amount(3, 4))).as_json()
    assert (report["drift_usd"], report["counters_drift_tokens"]) == ("2", -2)
    assert report["counters_drift_usd"] == "-0.000000006"
    assert TenantDrift(TENANT, 0, 0, LedgerCount(Amount(5, 10), None)).as_json()["counters_drift_usd"] is None


def test_sums_are_by_tenant_and_what_was_not_billed_is_zero() -> None:
    attempts: list[dict[str, Any]] = [
        {"tenant_id": TENANT, "billed_nano_usd": 5, "cost_nano_usd": 6},
        {"tenant_id": TENANT, "billed_nano_usd": None, "cost_nano_usd": 1},
        {"tenant_id": OTHER, "billed_nano_usd": 2, "cost_nano_usd": 2},
    ]
    sums = sum_by_tenant(attempts, {TENANT: EQUAL, OTHER: EQUAL})
    assert [(one.tenant_id, one.billed_nano_usd, one.charged_nano_usd) for one in sums] == [
        (TENANT, 5, 7),
        (OTHER, 2, 2),
    ]
