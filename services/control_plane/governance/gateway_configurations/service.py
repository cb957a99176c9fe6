"""Proposes, approves and rejects what gateways serve; each act is told in the platform's audit."""

import difflib

from control_plane.identity.callers import Operator
from control_plane.requests.keys.once import Claim, Keep
from control_plane.resources import AppResources
from foundation.domain.errors import BadRequest, Conflict, Fault, Forbidden, NotFound
from foundation.domain.states import ConfigurationStatus
from foundation.storage.limits import gateway_configurations
from foundation.storage.limits.gateway_configurations import GatewayConfiguration
from foundation.storage.people import audit
from foundation.storage.session.database import Transaction

_REASON = "configurations of the gateway belong to no tenant"


async def propose(
    app: AppResources,
    operator: Operator,
    *,
    document: str,
    note: str,
    claim: Claim,
    keep: Keep[GatewayConfiguration],
) -> GatewayConfiguration:
    """Kept as proposed, once a gateway has read it; `BadRequest` says what it could not serve."""
    await _check(app, document)
    async with app.database.across_tenants(reason=_REASON) as tx:
        await claim(tx)
        proposed = await gateway_configurations.propose(tx, document=document, note=note, by=operator.actor)
        await _record(tx, operator, "propose", proposed, {"note": note, "based_on": proposed.based_on})
        await keep(tx, proposed)
    return proposed


async def get(app: AppResources, version: int) -> tuple[GatewayConfiguration, str]:
    """A version, and what it changes."""
    async with app.database.across_tenants(reason=_REASON) as tx:
        one = await _get(tx, version)
        base = await gateway_configurations.get(tx, one.based_on) if one.based_on is not None else None
    return one, _changes(base, one)


async def approve(app: AppResources, operator: Operator, version: int, *, reason: str | None) -> GatewayConfiguration:
    """Served from now. It is read by a gateway once more, since the files may have changed since it was proposed."""
    async with app.database.across_tenants(reason=_REASON) as tx:
        proposed = await _get(tx, version)
    _refuse_own(proposed, operator)
    _refuse_decided(proposed)
    await _check(app, proposed.document)
    async with app.database.across_tenants(reason=_REASON) as tx:
        done = await gateway_configurations.approve(tx, version, by=operator.actor, reason=reason)
        one = await _get(tx, version)
        if not done:
            _refuse_decided(one)
            raise Conflict(
                f"version {version} was proposed on top of {_named(one.based_on)}, which is served no more",
                remedy="propose it again, on top of what is served now",
            )
        await _record(tx, operator, "approve", one, {"reason": reason, "before": one.based_on})
    return one


async def reject(app: AppResources, operator: Operator, version: int, *, reason: str) -> GatewayConfiguration:
    async with app.database.across_tenants(reason=_REASON) as tx:
        done = await gateway_configurations.reject(tx, version, by=operator.actor, reason=reason)
        one = await _get(tx, version)
        if not done:
            _refuse_decided(one)
        await _record(tx, operator, "reject", one, {"reason": reason})
    return one


async def _check(app: AppResources, document: str) -> None:
    if (fault := await app.gateway.fault_of_configuration(document)) is not None:
        detail = f"a gateway could not serve this: {fault}"
        raise BadRequest(detail, faults=(Fault("/body/document", fault),), remedy="mend the document and send it again")


def _refuse_own(proposed: GatewayConfiguration, operator: Operator) -> None:
    if proposed.proposed_by == operator.actor:
        raise Forbidden(
            "what is proposed by one operator is approved by another", remedy="have another operator approve it"
        )


def _refuse_decided(one: GatewayConfiguration) -> None:
    if one.status is not ConfigurationStatus.PROPOSED:
        detail = f"version {one.version} is {one.status.value}, decided by {one.decided_by}"
        raise Conflict(detail, remedy="propose its document again to have it served again")


async def _get(tx: Transaction, version: int) -> GatewayConfiguration:
    if (one := await gateway_configurations.get(tx, version)) is None:
        raise NotFound(
            "there is no such version", remedy="GET /api/v1/operations/gateway-configurations lists those that are"
        )
    return one


def _changes(base: GatewayConfiguration | None, one: GatewayConfiguration) -> str:
    before = base.document if base is not None else ""
    return "\n".join(
        difflib.unified_diff(
            before.splitlines(), one.document.splitlines(), _named(one.based_on), f"version {one.version}", lineterm=""
        )
    )


def _named(version: int | None) -> str:
    return "the files alone" if version is None else f"version {version}"


async def _record(
    tx: Transaction, operator: Operator, act: str, one: GatewayConfiguration, detail: dict[str, object]
) -> None:
    action = f"gateway_configuration.{act}"
    await audit.record_operator(tx, actor=operator.actor, action=action, target=str(one.version), detail=detail)
