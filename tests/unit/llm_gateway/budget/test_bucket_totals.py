"""Counters that are summed up anew are those that Redis had: by scope, day, month, rolling slice and hold."""

from datetime import date
from typing import Any

from foundation.contracts.gateway.ledger import ScopeKind
from foundation.domain.ids import RunId, StepId, TenantId, UserId, new_uuid
from foundation.domain.money import Amount
from foundation.storage.ledger.llm_events import CommittedByCaller, CommittedByStep, RunState, StepFence
from llm_gateway.budget.redis import keys
from llm_gateway.budget.totals.bucket_totals import BucketTotals
from llm_gateway.budget.totals.redis_holds import RedisHold
from llm_gateway.budget.totals.scope_totals import ScopeTotals

TENANT, USER = TenantId(new_uuid()), UserId(new_uuid())
RUN, STEP = RunId(new_uuid()), StepId(new_uuid())
BUCKET = keys.bucket_of(TENANT)


def key(kind: ScopeKind, scope_id: Any) -> str:
    return keys.scope(BUCKET, TENANT, kind, scope_id)


def counts(totals: ScopeTotals, scope_key: str) -> list[Any]:
    fields = totals.fields()[scope_key]
    values = fields[1]
    assert isinstance(values, list)
    return values


def test_a_later_day_starts_its_window_anew_and_an_earlier_one_counts_in_total_only() -> None:
    totals = ScopeTotals()
    totals.commit_on("scope", date(2026, 11, 28), Amount(1, 10))
    totals.commit_on("scope", date(2026, 11, 29), Amount(2, 20))
    totals.commit_on("scope", date(2026, 11, 27), Amount(4, 40))
    assert counts(totals, "scope") == [7, 70, 0, 0, "2026-11-29", 2, 20, 0, 0, "2026-11", 7, 70, 0, 0]


def test_a_hold_counts_in_its_own_day_only_where_that_is_current() -> None:
    totals = ScopeTotals()
    totals.commit_on("scope", date(2026, 11, 29), Amount(1, 10))
    totals.hold("scope", Amount(5, 50), day="2026-11-28")
    assert counts(totals, "scope") == [1, 10, 5, 50, "2026-11-29", 1, 10, 0, 0, "2026-11", 1, 10, 5, 50]


def test_slices_of_a_rolling_window_add_up_and_an_empty_one_only_says_that_it_is_counted() -> None:
    totals = ScopeTotals()
    totals.commit_in_slice("scope", 60_000, 3, Amount(1, 10))
    totals.commit_in_slice("scope", 60_000, 3, Amount(1, 10))
    totals.commit_in_slice("other", 60_000, 0, Amount(0, 0))
    window = totals.fields()["scope:rolling:60000"]
    assert window[: window.index("t3") + 2] == (
        ["state", "whole", "slice", "1000", "tokens", "2", "nano", "20", "oldest", "3", "newest", "3", "t3", "2"]
    )
    assert "oldest" not in totals.fields()["other:rolling:60000"]


def test_a_caller_counts_in_each_of_its_lasting_scopes_and_a_step_in_its_run_too() -> None:
    bucket = BucketTotals(BUCKET)
    bucket.add_caller(
        CommittedByCaller(
            tenant_id=TENANT,
            user_id=USER,
            api_key_id=None,
            day=date(2026, 11, 29),
            tokens=3,
            nano_usd=30,
        )
    )
    bucket.add_step(CommittedByStep(tenant_id=TENANT, run_id=RUN, step_id=STEP, tokens=2, nano_usd=20))
    fields = bucket.scopes.fields()
    assert set(fields) == {
        key(ScopeKind.TENANT, TENANT),
        key(ScopeKind.USER, USER),
        key(ScopeKind.RUN, RUN),
        key(ScopeKind.STEP, STEP),
    }
    assert counts(bucket.scopes, key(ScopeKind.RUN, RUN)) == [2, 20, 0, 0]


def test_the_latest_generation_and_fence_are_kept_and_an_ended_run_is_closed() -> None:
    bucket = BucketTotals(BUCKET)
    bucket.add_run(RunState(tenant_id=TENANT, run_id=RUN, generation=3, ended=True))
    bucket.add_fence(StepFence(tenant_id=TENANT, run_id=RUN, step_id=STEP, fence=5))
    bucket.add_fence(StepFence(tenant_id=TENANT, run_id=RUN, step_id=STEP, fence=4))
    fields = bucket.scopes.fields()
    assert fields[key(ScopeKind.RUN, RUN)][-4:] == ["generation", "3", "closed", "3"]
    assert fields[key(ScopeKind.STEP, STEP)][-2:] == ["fence", "5"]


def a_hold() -> RedisHold:
    return RedisHold(
        identity=new_uuid(),
        bucket=BUCKET,
        tenant_id=TENANT,
        day="2026-11-29",
        amount=Amount(5, 50),
        scopes=((key(ScopeKind.RUN, RUN), False),),
    )


def test_a_hold_whose_event_the_ledger_has_is_not_held_twice() -> None:
    bucket, standing, settled = BucketTotals(BUCKET), a_hold(), a_hold()
    bucket.add_hold(standing, recorded=False)
    bucket.add_hold(settled, recorded=True)
    assert counts(bucket.scopes, key(ScopeKind.RUN, RUN)) == [0, 0, 5, 50]
    assert bucket.settled_holds == [str(settled.identity)]
