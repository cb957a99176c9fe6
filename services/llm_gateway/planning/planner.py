"""Plans a call before it is funded: its targets in order, and its request in each dialect that they speak."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from foundation.contracts.gateway.ledger import Dialect
from foundation.contracts.policy.providers import ProviderRules
from foundation.domain.errors import BadRequest
from llm_gateway.exchange.caller import Caller
from llm_gateway.exchange.request import ModelRequest
from llm_gateway.planning.order import CRITICAL_HEADER, NearlySpentCallers, order_targets
from llm_gateway.planning.provider_tools import decide_provider_tools
from llm_gateway.pricing.bounds import Bound, bound_of, undeclared
from llm_gateway.routing.routes import Route, Target
from llm_gateway.wires.allow_lists import refused
from llm_gateway.wires.fields import refuse_unlisted
from llm_gateway.wires.registry import WIRES

_encoder = msgspec.json.Encoder()


class CallPlan(msgspec.Struct, frozen=True):
    """The targets of a call in order, with its request in the dialect of each."""

    targets: tuple[Target, ...]
    requests: Mapping[Dialect, ModelRequest]
    """The request in each dialect that a target speaks."""
    asked: Mapping[str, Any]
    """The caller's decoded request where a translation needs it, else empty."""
    widest: ModelRequest
    """The caller's request with the largest sizes that any of them has."""
    prefers_cheaper: bool = False

    def request_for(self, target: Target) -> ModelRequest:
        return self.requests[target.provider.dialect]


class Planner:
    """Chooses and orders the targets of a call, and writes its request for each dialect that they speak."""

    def __init__(self, nearly_spent: NearlySpentCallers) -> None:
        self._nearly_spent = nearly_spent

    def plan_targets(
        self,
        caller: Caller,
        request: ModelRequest,
        route: Route,
        *,
        rules: ProviderRules | None,
        headers: Mapping[str, str],
        body: bytes,
    ) -> CallPlan:
        """`rules` are the caller's tenant's.

        `BadRequest` when no target can serve what is asked for, `NothingForCriticalCalls` or `ProviderNotAllowed` when
        none may.
        """
        prefers_cheaper = route.cheaper is not None and caller in self._nearly_spent
        is_critical = headers.get(CRITICAL_HEADER, "true").lower() != "false"
        targets = order_targets(route, is_critical=is_critical, prefers_cheaper=prefers_cheaper, rules=rules)
        if request.unlisted or request.media:
            targets = _targets_that_cover(targets, request)
        request = decide_provider_tools(request, targets)
        if all(target.translation is None for target in targets):
            return CallPlan(targets, {request.dialect: request}, {}, request, prefers_cheaper)
        return _translate(targets, request, body, prefers_cheaper=prefers_cheaper)


def bound_of_plan(plan: CallPlan) -> Bound:
    """The bound over every target that may serve the call."""
    prices = [target.price for target in plan.targets]
    return bound_of(plan.widest, prices=prices, default_output=max(target.default_output for target in plan.targets))


def _targets_that_cover(targets: Sequence[Target], request: ModelRequest) -> tuple[Target, ...]:
    """The targets for which everything in the request has a declared maximum; refused when there is none."""
    usable, why = [], None
    for target in targets:
        if names := tuple(name for name in request.unlisted if name not in target.fields):
            why = why or refuse_unlisted(names)
        elif faults := undeclared(request, target.price):
            why = why or refused(faults)
        else:
            usable.append(target)
    if not usable and why is not None:
        raise why
    return tuple(usable)


def _translate(targets: Sequence[Target], request: ModelRequest, body: bytes, *, prefers_cheaper: bool) -> CallPlan:
    """Leaves out targets whose dialect cannot express the request; refuses the request when none remains."""
    asked: dict[str, Any] = json.loads(_encoder.encode(request.fields) if request.left_out else body)
    requests = {request.dialect: request}
    usable, why = [], None
    for target in targets:
        spoken = target.provider.dialect
        if target.translation is not None and spoken not in requests:
            try:
                translated = _encoder.encode(target.translation.request(asked))
                requests[spoken] = WIRES[spoken].read_translated(translated)
            except BadRequest as error:
                why = error
        if spoken in requests:
            usable.append(target)
    if not usable and why is not None:
        raise why
    return CallPlan(tuple(usable), requests, asked, _widest(request, requests.values()), prefers_cheaper)


def _widest(request: ModelRequest, requests: Any) -> ModelRequest:
    return replace(
        request,
        text_tokens=max(one.text_tokens for one in requests),
        media=max((one.media for one in requests), key=len),
        cache_writes=max(one.cache_writes for one in requests),
    )
