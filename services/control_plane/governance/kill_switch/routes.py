"""`/kill-switch` of a tenant, and `/operations/kill-switch` for all tenants."""

from typing import TypeVar

from fastapi import Response

from control_plane.dependencies import App, KillSwitchReader, KillSwitchWriter, PlatformOperator, PutConditions, Tx
from control_plane.governance.kill_switch import service
from control_plane.governance.kill_switch.schemas import KillSwitchChange, KillSwitchView, TenantSwitchView
from control_plane.requests.etags import content_tag, expected_version, quoted
from control_plane.rooms import RoomRouter
from foundation.http.openapi import refusals

router = RoomRouter(tags=["kill switch"])

_View = TypeVar("_View", bound=KillSwitchView)


def _tagged(response: Response, view: _View) -> _View:
    response.headers["ETag"] = quoted(content_tag(view.own()))
    return view


@router.get(
    "/kill-switch",
    summary="Whether the tenant is stopped, by its own kill switch or by the platform's",
    operation_id="get_kill_switch",
)
async def get(caller: KillSwitchReader, tx: Tx, response: Response) -> TenantSwitchView:
    return _tagged(response, await service.of_tenant(tx, caller.tenant_id))


@router.put(
    "/kill-switch",
    summary="Stop everything that the tenant runs, without losing any of it, or have it go on",
    operation_id="set_kill_switch",
    responses=refusals(412, 413, 415),
)
async def put(
    body: KillSwitchChange, caller: KillSwitchWriter, tx: Tx, response: Response, conditions: PutConditions
) -> TenantSwitchView:
    return _tagged(response, await service.set_of_tenant(tx, caller, body, expected=expected_version(conditions)))


@router.get(
    "/operations/kill-switch",
    summary="Whether all tenants are stopped; for operators alone",
    operation_id="get_platform_kill_switch",
)
async def get_platforms(_caller: PlatformOperator, app: App, response: Response) -> KillSwitchView:
    return _tagged(response, await service.of_platform(app))


@router.put(
    "/operations/kill-switch",
    summary="Stop everything that all tenants run, or have it go on; for operators alone",
    operation_id="set_platform_kill_switch",
    responses=refusals(412, 413, 415),
)
async def put_platforms(
    body: KillSwitchChange, caller: PlatformOperator, app: App, response: Response, conditions: PutConditions
) -> KillSwitchView:
    return _tagged(response, await service.set_of_platform(app, caller, body, expected=expected_version(conditions)))
