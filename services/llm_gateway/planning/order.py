"""Orders the targets that a call may use: the first is tried first."""

import math
import random
from collections.abc import Callable, Sequence
from itertools import groupby

from cachetools import LRUCache

from foundation.contracts.policy.providers import ProviderRules
from foundation.domain.errors import DependencyUnavailable
from llm_gateway.exchange.caller import Caller
from llm_gateway.routing.routes import Route, Target, allowed_targets, is_allowed

_MOST_REMEMBERED = 10_000
CRITICAL_HEADER = "x-lockstep-critical"


class NothingForCriticalCalls(DependencyUnavailable):
    """The route serves only calls that their caller has marked as not critical."""

    code = "no_target"


class NearlySpentCallers:
    """Callers that had spent four fifths of a budget when their last reservation was made."""

    def __init__(self) -> None:
        self._scopes: LRUCache[object, None] = LRUCache(_MOST_REMEMBERED)

    def learn(self, caller: Caller, *, nearly: bool) -> None:
        scopes = _scopes_of(caller)
        if nearly:
            self._scopes[scopes] = None
        else:
            self._scopes.pop(scopes, None)

    def __contains__(self, caller: Caller) -> bool:
        return _scopes_of(caller) in self._scopes


def order_targets(
    route: Route,
    *,
    is_critical: bool,
    prefers_cheaper: bool,
    rules: ProviderRules | None = None,
    draw: Callable[[], float] = random.random,
) -> tuple[Target, ...]:
    """Orders targets by rank, and within a rank at random by weight; the route's cheaper one first where preferred.

    Those of providers that the tenant may not use are left out. `ProviderNotAllowed` when none is left,
    `NothingForCriticalCalls` when what is left is for uncritical calls only.
    """
    targets = allowed_targets(route, rules)
    if len(targets) == 1 and not prefers_cheaper and not (is_critical and targets[0].uncritical_only):
        return targets
    open_to = [target for target in targets if not (is_critical and target.uncritical_only)]
    if not open_to:
        remedy = f"send {CRITICAL_HEADER}: false where that is true, or ask for another model"
        raise NothingForCriticalCalls(f"the model {route.name!r} serves no critical calls", remedy=remedy)
    ordered: list[Target] = []
    for _, rank in groupby(open_to, key=lambda target: target.rank):
        ordered += _by_weight(list(rank), draw)
    if prefers_cheaper and route.cheaper is not None and is_allowed(route.cheaper, rules):
        ordered.insert(0, route.cheaper)
    return tuple(ordered)


def _by_weight(targets: Sequence[Target], draw: Callable[[], float]) -> list[Target]:
    """A weighted order: each next one is drawn with its weight's share among those left (exponential races)."""
    if len(targets) == 1:
        return list(targets)
    return sorted(targets, key=lambda target: -math.log(1.0 - draw()) / target.weight)


def _scopes_of(caller: Caller) -> object:
    run_id = caller.run.run_id if caller.run else None
    return caller.tenant_id, caller.user_id, caller.api_key_id, run_id
