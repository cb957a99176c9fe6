"""Makes the proxy of one job from what the launcher grants it: the same one in its runner and in the egress service."""

import ipaddress
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from foundation.contracts.egress.private_hosts import PrivateHosts
from foundation.contracts.gateway.job_access import MODEL_HOST
from foundation.domain.tools import SandboxProfile
from tool_runtime.egress.deciding import Gate, Network
from tool_runtime.egress.injecting import Injecting
from tool_runtime.egress.limits import limits_of
from tool_runtime.egress.model_door import CallKeys, GatewayPlace, ModelDoor
from tool_runtime.egress.proxy import EgressProxy
from tool_runtime.egress.resolving import Resolver, SystemResolver
from tool_runtime.protocol import EgressGrant


@dataclass(frozen=True, slots=True)
class ProxySurroundings:
    """What an operator has set for the proxies of one process.

    `private` are the places inside that are opened, `authorities` those (PEM) that sign servers there, `platform`
    further networks that no job may reach.
    """

    private: PrivateHosts
    authorities: Path | None = None
    platform: tuple[Network, ...] = ()
    resolver: Resolver = field(default_factory=SystemResolver)


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Raises `ValueError` on what is no network, such as 198.51.100.0/24."""
    return tuple(map(ipaddress.ip_network, texts))


def proxy_of(grant: EgressGrant, around: ProxySurroundings, run_token: Callable[[], Awaitable[str]]) -> EgressProxy:
    """`run_token` is asked for with each call of a model, where the job makes some."""
    door = None
    if grant.models is not None:
        door = ModelDoor(
            GatewayPlace.of(grant.models.url),
            CallKeys(grant.run_id, grant.step_id, grant.models.turn, grant.job_id),
            run_token,
            model=grant.models.model,
            most_calls=grant.models.most_calls,
            traceparent=grant.traceparent,
        )
    return EgressProxy(
        Gate(grant.network, around.resolver, around.private, around.platform),
        Injecting(
            grant.injections,
            authorities=around.authorities,
            doors=[MODEL_HOST] if door else [],
            of_pages=grant.profile is SandboxProfile.BROWSER,
        ),
        door,
        limits=limits_of(grant.profile),
    )
