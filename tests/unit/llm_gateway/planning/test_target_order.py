"""Targets are tried by rank, within a rank by weight; cheaper ones first for callers near a limit."""

from dataclasses import replace
from itertools import repeat

import pytest

from fixtures.money.gateway_calls import a_provider, a_route, a_target
from foundation.contracts.policy.providers import ProviderPolicy, ProviderRules
from foundation.domain.ids import TenantId, new_uuid
from llm_gateway.exchange.caller import Caller
from llm_gateway.planning.order import NearlySpentCallers, NothingForCriticalCalls, order_targets
from llm_gateway.routing.routes import ProviderNotAllowed

FIRST = a_target(a_provider("first"))
EQUAL = a_target(a_provider("equal"), weight=9)
LAST = a_target(a_provider("last"), rank=2)
UNCRITICAL = a_target(a_provider("uncritical"), uncritical_only=True)
CHEAP = a_target(a_provider("cheap"))


def test_a_lower_rank_comes_first_whatever_is_drawn() -> None:
    for drawn in (0.0, 0.5, 0.999):
        draw = repeat(drawn).__next__
        ordered = order_targets(a_route(FIRST, LAST), is_critical=True, prefers_cheaper=False, draw=draw)
        assert ordered == (FIRST, LAST)


def test_within_a_rank_the_same_draw_favours_the_heavier() -> None:
    assert order_targets(a_route(FIRST, EQUAL), is_critical=True, prefers_cheaper=False, draw=lambda: 0.5) == (
        EQUAL,
        FIRST,
    )


def test_a_critical_call_passes_over_targets_for_uncritical_ones() -> None:
    route = a_route(UNCRITICAL, LAST)
    assert order_targets(route, is_critical=True, prefers_cheaper=False) == (LAST,)
    assert order_targets(route, is_critical=False, prefers_cheaper=False) == (UNCRITICAL, LAST)


def test_a_critical_call_of_a_route_for_uncritical_ones_is_refused_by_name() -> None:
    with pytest.raises(NothingForCriticalCalls, match="route"):
        order_targets(a_route(UNCRITICAL), is_critical=True, prefers_cheaper=False)


def test_the_cheaper_target_is_added_in_front_for_those_who_prefer_it_only() -> None:
    route = a_route(FIRST, LAST, cheaper=CHEAP)
    assert order_targets(route, is_critical=True, prefers_cheaper=True) == (CHEAP, FIRST, LAST)
    assert order_targets(route, is_critical=True, prefers_cheaper=False) == (FIRST, LAST)


def test_a_caller_is_near_its_limit_until_its_next_reservation_says_otherwise() -> None:
    nearly, caller = NearlySpentCallers(), Caller(TenantId(new_uuid()))
    nearly.learn(caller, nearly=True)
    assert caller in nearly
    assert Caller(TenantId(new_uuid())) not in nearly
    nearly.learn(caller, nearly=False)
    assert caller not in nearly


def test_a_tenant_s_calls_go_to_allowed_providers_alone_failover_and_savings_included() -> None:
    route = a_route(FIRST, EQUAL, LAST, cheaper=CHEAP)
    rules = ProviderRules(own=ProviderPolicy(providers=["last", "equal"]), bounds=ProviderPolicy(providers=["last"]))
    for prefers_cheaper in (False, True):
        ordered = order_targets(route, is_critical=True, prefers_cheaper=prefers_cheaper, rules=rules)
        assert ordered == (LAST,)


def test_a_region_that_nobody_has_declared_is_not_allowed_where_regions_are() -> None:
    european = replace(LAST, region="eu")
    rules = ProviderRules(own=ProviderPolicy(regions=["eu"]))
    assert order_targets(a_route(FIRST, european), is_critical=True, prefers_cheaper=False, rules=rules) == (european,)


def test_a_model_that_no_allowed_provider_serves_is_refused_with_the_rule() -> None:
    rules = ProviderRules(own=ProviderPolicy(providers=["other"]))
    with pytest.raises(ProviderNotAllowed) as refused:
        order_targets(a_route(FIRST, replace(LAST, region="us")), is_critical=True, prefers_cheaper=False, rules=rules)
    assert refused.value.detail == (
        "the model 'route' is served by first (no region is declared), last (us), and the tenant's provider policy"
        " allows the providers other in every region"
    )
    assert (refused.value.code, refused.value.retryable) == ("provider_not_allowed", False)
