"""`/operations/gateway-configurations`, for operators."""

from typing import Annotated

from fastapi import Depends, Path, Response

from control_plane.dependencies import App, PlatformOperator
from control_plane.governance.gateway_configurations import service
from control_plane.governance.gateway_configurations.schemas import (
    MAX_VERSION,
    Approve,
    ConfigurationView,
    ConfigurationWhole,
    ProposeConfiguration,
    Reject,
)
from control_plane.requests.keys.once import KeyedRequest, once, repeated
from control_plane.requests.lists.listed import ListOf, ListRequest
from control_plane.rooms import RoomRouter
from foundation.http.openapi import refusals
from foundation.storage.limits import gateway_configurations
from foundation.storage.limits.gateway_configurations import GatewayConfiguration
from foundation.storage.session.database import Transaction

router = RoomRouter(prefix="/operations/gateway-configurations", tags=["operations"])

_LIST = ListOf[GatewayConfiguration](
    "gateway configurations",
    ConfigurationView,
    gateway_configurations.PAGES.orders,
    on_request=("document",),
    large=gateway_configurations.PAGES.large,
)
Version = Annotated[int, Path(ge=1, le=MAX_VERSION)]


@router.get(
    "",
    summary="What operators have proposed for the gateway, newest first; for operators",
    operation_id="list_gateway_configurations",
    responses=refusals(422),
    response_model=_LIST.page,
)
async def list_configurations(
    caller: PlatformOperator,  # noqa: ARG001 - it is the permission
    app: App,
    asked: Annotated[ListRequest, Depends(_LIST)],
) -> Response:
    async with app.database.across_tenants(reason="these configurations belong to no tenant") as tx:
        rows = await gateway_configurations.page(tx, asked.part)
    return _LIST.answer(rows, asked, ConfigurationView.of)


@router.post(
    "",
    status_code=201,
    summary="Propose providers, routes, prices or limits over the gateway's files; another operator approves them",
    operation_id="propose_gateway_configuration",
    responses={**repeated(ConfigurationView), **refusals(413, 415, 422)},
)
@once()
async def propose(
    body: ProposeConfiguration, response: Response, caller: PlatformOperator, app: App, keyed: KeyedRequest
) -> ConfigurationView:
    async def keep(tx: Transaction, made: GatewayConfiguration) -> None:
        response.headers["Location"] = f"/api/v1/operations/gateway-configurations/{made.version}"
        await keyed.keep(tx, ConfigurationView.of(made), status=201, headers=response.headers)

    wanted = {"document": body.document, "note": body.note}
    return ConfigurationView.of(await service.propose(app, caller, **wanted, claim=keyed.claim, keep=keep))


@router.get(
    "/{version}",
    summary="A version, and what it changes; for operators",
    operation_id="get_gateway_configuration",
    responses=refusals(404),
)
async def get(version: Version, caller: PlatformOperator, app: App) -> ConfigurationWhole:  # noqa: ARG001 - it is the permission
    return ConfigurationWhole.with_changes(*await service.get(app, version))


@router.post(
    "/{version}/approve",
    summary="Have gateways serve what another operator has proposed",
    operation_id="approve_gateway_configuration",
    responses=refusals(404, 409, 413, 415),
)
async def approve(version: Version, body: Approve, caller: PlatformOperator, app: App) -> ConfigurationView:
    return ConfigurationView.of(await service.approve(app, caller, version, reason=body.reason))


@router.post(
    "/{version}/reject",
    summary="End a proposal with a reason; who made it takes it back so",
    operation_id="reject_gateway_configuration",
    responses=refusals(404, 409, 413, 415),
)
async def reject(version: Version, body: Reject, caller: PlatformOperator, app: App) -> ConfigurationView:
    return ConfigurationView.of(await service.reject(app, caller, version, reason=body.reason))
