"""`/budgets`."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Response

from control_plane.dependencies import App, BudgetReader, BudgetWriter, IfMatch, PutConditions, Tx
from control_plane.money.budgets import service
from control_plane.money.budgets.schemas import BudgetList, BudgetView, NewBudget, StandingBudget
from control_plane.requests.etags import etag, expected_version
from control_plane.requests.lists.listed import ListOf, ListRequest
from control_plane.rooms import RoomRouter
from foundation.domain.budget_scopes import BudgetPeriod, BudgetScope
from foundation.http.openapi import refusals
from foundation.storage.limits import budget_settings
from foundation.storage.limits.budget_settings import BudgetName, ScopeBudget

router = RoomRouter(prefix="/budgets", tags=["budgets"])


_BUDGETS = ListOf[ScopeBudget]("budgets", StandingBudget, budget_settings.ORDERS, key=("scope", "scope_id", "period"))
BesideKeys = Annotated[
    bool,
    Query(description="true: also where keys then spend beside the budget of a key that has made or rotated them"),
]


@router.get(
    "",
    summary="The tenant's budgets, with what is committed and left now",
    operation_id="list_budgets",
    response_model=_BUDGETS.page,
    responses=refusals(422),
)
async def list_budgets(caller: BudgetReader, app: App, asked: Annotated[ListRequest, Depends(_BUDGETS)]) -> Response:
    return _BUDGETS.shown(*await service.page(app, caller, asked, _BUDGETS), asked)


@router.get(
    "/{scope}/{scope_id}",
    summary="The budgets of the tenant, of one user or of one key",
    operation_id="list_budgets_of_scope",
    responses=refusals(404),
)
async def of_scope(scope: BudgetScope, scope_id: UUID, caller: BudgetReader, app: App) -> BudgetList:
    return BudgetList(items=await service.of_scope(app, caller, scope, scope_id))


@router.get("/{scope}/{scope_id}/{period}", summary="One budget", operation_id="get_budget", responses=refusals(404))
async def get(
    scope: BudgetScope, scope_id: UUID, period: BudgetPeriod, response: Response, caller: BudgetReader, app: App
) -> StandingBudget:
    budget = await service.get(app, caller, BudgetName(scope, scope_id, period))
    response.headers["ETag"] = etag(budget.version)
    return budget


@router.put(
    "/{scope}/{scope_id}/{period}",
    summary="Create or replace a budget; gateways hold to it within five seconds",
    responses={201: {"model": BudgetView, "description": "created"}, **refusals(404, 409, 412, 413, 415)},
    operation_id="put_budget",
)
async def put(
    scope: BudgetScope,
    scope_id: UUID,
    period: BudgetPeriod,
    body: NewBudget,
    response: Response,
    caller: BudgetWriter,
    tx: Tx,
    conditions: PutConditions,
    *,
    beside_keys: BesideKeys = False,
) -> BudgetView:
    name = BudgetName(scope, scope_id, period)
    budget, created = await service.put(
        tx, caller, name, body, expected=expected_version(conditions), beside_keys=beside_keys
    )
    response.status_code = 201 if created else 200
    response.headers["ETag"] = etag(budget.version)
    return BudgetView.of(budget)


@router.delete(
    "/{scope}/{scope_id}/{period}",
    status_code=204,
    summary="Delete a budget: it limits nothing any more",
    operation_id="delete_budget",
    responses=refusals(404, 409, 412),
)
async def delete(
    scope: BudgetScope,
    scope_id: UUID,
    period: BudgetPeriod,
    caller: BudgetWriter,
    tx: Tx,
    if_match: IfMatch,
    *,
    beside_keys: BesideKeys = False,
) -> None:
    name = BudgetName(scope, scope_id, period)
    await service.delete(tx, caller, name, expected=expected_version(if_match), beside_keys=beside_keys)
