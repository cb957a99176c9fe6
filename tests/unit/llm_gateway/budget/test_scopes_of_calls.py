"""Where a call counts: its tenant, its user, its key, and the runs above it; a run is not limited as a person is."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from foundation.contracts.gateway.ledger import ScopeKind
from foundation.contracts.gateway.rate_limits import RateLimits, ScopeRates
from foundation.contracts.gateway.run_token import Ancestor, RunClaims, ScopeCaps
from foundation.domain.ids import ApiKeyId, RunId, StepId, TenantId, UserId, new_uuid
from foundation.domain.money import BudgetLimit
from llm_gateway.budget.limits.counted import CallScopes, scopes_of_call
from llm_gateway.budget.limits.tenant_limits import EffectiveLimits

TENANT, USER, KEY = TenantId(new_uuid()), UserId(new_uuid()), ApiKeyId(new_uuid())
RUN, STEP, ABOVE = RunId(new_uuid()), StepId(new_uuid()), RunId(new_uuid())
EACH = ScopeRates(requests_a_minute=10, tokens_a_minute=1000)
LIMITS = EffectiveLimits(ZoneInfo("UTC"), {}, RateLimits(tenant=EACH, user=EACH, key=EACH))


def a_run() -> RunClaims:
    given: dict[str, Any] = {
        "tenant_id": TENANT,
        "user_id": USER,
        "run_id": RUN,
        "step_id": STEP,
        "generation": 3,
        "fence": 1,
        "caps": ScopeCaps(run=BudgetLimit(tokens=70), step=BudgetLimit(nano_usd=7)),
        "ancestors": (Ancestor(run_id=ABOVE, generation=2, caps=BudgetLimit(tokens=700)),),
    }
    return RunClaims.model_validate(given)


def scopes(**given: Any) -> CallScopes:
    known: dict[str, Any] = {"user_id": None, "api_key_id": None, "run": None, **given}
    return scopes_of_call(LIMITS, tenant_id=TENANT, **known)


def rates(made: CallScopes, attempt: int = 1) -> list[tuple[str, str]]:
    return [(rate.scope.value, rate.unit) for rate in made.limits(attempt).rates]


def test_a_call_counts_in_its_tenant_alone_where_nothing_else_is_known() -> None:
    assert [scope.kind for scope in scopes().scopes] == [ScopeKind.TENANT]
    assert rates(scopes()) == [("tenant", "requests"), ("tenant", "tokens")]


def test_a_persons_call_counts_in_the_user_and_the_key_too() -> None:
    made = scopes(user_id=USER, api_key_id=KEY)
    assert [scope.kind for scope in made.scopes] == [ScopeKind.TENANT, ScopeKind.USER, ScopeKind.KEY]
    assert rates(made) == [(kind, unit) for kind in ("tenant", "user", "key") for unit in ("requests", "tokens")]


def test_a_runs_call_is_no_request_of_the_person_who_started_it_and_its_tokens_are() -> None:
    assert rates(scopes(user_id=USER, run=a_run())) == [
        ("tenant", "requests"),
        ("tenant", "tokens"),
        ("user", "tokens"),
    ]


def test_a_run_that_a_key_has_asked_for_counts_in_the_key_too_and_is_none_of_its_requests() -> None:
    made = scopes(user_id=USER, api_key_id=KEY, run=a_run())
    assert [scope.kind.value for scope in made.scopes] == ["tenant", "user", "key", "run", "run", "step"]
    assert rates(made) == [("tenant", "requests"), ("tenant", "tokens"), ("user", "tokens"), ("key", "tokens")]


@pytest.mark.parametrize("attempt", [2, 3])
def test_a_retry_of_ours_is_no_further_request_and_its_tokens_count(attempt: int) -> None:
    assert rates(scopes(user_id=USER), attempt) == [("tenant", "tokens"), ("user", "tokens")]


def test_a_runs_call_counts_in_the_runs_above_it_in_its_own_and_in_its_step() -> None:
    of_run = scopes(run=a_run()).scopes[1:]
    assert [(scope.kind, scope.scope_id) for scope in of_run] == [
        (ScopeKind.RUN, ABOVE),
        (ScopeKind.RUN, RUN),
        (ScopeKind.STEP, STEP),
    ]
    assert [scope.total for scope in of_run] == [
        BudgetLimit(tokens=700),
        BudgetLimit(tokens=70),
        BudgetLimit(nano_usd=7),
    ]
    assert of_run[0].generation == 2


def test_each_scope_has_its_key_and_those_that_outlast_a_day_their_windows() -> None:
    made = scopes(user_id=USER, run=a_run())
    assert len({key.key for key in made.scope_keys}) == len(made.scopes) == 5
    assert [key.windowed for key in made.scope_keys] == [True, True, False, False, False]
