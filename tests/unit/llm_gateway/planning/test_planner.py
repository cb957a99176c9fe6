"""A call is critical unless its header says otherwise, and may be nearer to the cheaper target by what it has spent."""

import pytest

from fixtures.money.gateway_calls import a_call, a_provider, a_route, a_target
from llm_gateway.planning.order import NearlySpentCallers, NothingForCriticalCalls
from llm_gateway.planning.planner import CallPlan, Planner
from llm_gateway.routing.routes import Route

UNCRITICAL = a_target(a_provider("uncritical"), uncritical_only=True)


def plan(route: Route, *, nearly: bool = False, **headers: str) -> CallPlan:
    call, nearly_spent = a_call(route), NearlySpentCallers()
    nearly_spent.learn(call.caller, nearly=nearly)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return Planner(nearly_spent).plan_targets(call.caller, call.request, route, rules=None, headers=sent, body=b"{}")


@pytest.mark.parametrize("value", ["true", "1", ""])
def test_a_call_is_critical_unless_it_says_false(value: str) -> None:
    with pytest.raises(NothingForCriticalCalls):
        plan(a_route(UNCRITICAL), x_lockstep_critical=value)


def test_a_call_without_the_header_is_critical() -> None:
    with pytest.raises(NothingForCriticalCalls):
        plan(a_route(UNCRITICAL))


@pytest.mark.parametrize("value", ["false", "False"])
def test_a_call_that_says_false_may_use_every_target(value: str) -> None:
    assert plan(a_route(UNCRITICAL), x_lockstep_critical=value).targets == (UNCRITICAL,)


@pytest.mark.parametrize("nearly", [True, False])
def test_only_a_caller_near_its_limit_gets_the_cheaper_target_first(*, nearly: bool) -> None:
    first, cheap = a_target(a_provider("first")), a_target(a_provider("cheap"))
    made = plan(a_route(first, cheaper=cheap), nearly=nearly)
    assert made.prefers_cheaper is nearly
    assert made.targets == ((cheap, first) if nearly else (first,))
