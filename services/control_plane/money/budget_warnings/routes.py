"""`/budget-warnings`."""

from typing import Annotated

from fastapi import Depends, Response

from control_plane.dependencies import BudgetReader, Tx
from control_plane.money.budget_warnings.schemas import WarningView
from control_plane.requests.lists.listed import ListOf, ListRequest
from control_plane.rooms import RoomRouter
from foundation.http.openapi import refusals
from foundation.storage.limits import budget_warnings
from foundation.storage.limits.budget_warnings import BudgetWarning

router = RoomRouter(prefix="/budget-warnings", tags=["budgets"])

_WARNINGS = ListOf[BudgetWarning](
    "budget warnings", WarningView, budget_warnings.PAGES.orders, key=("scope", "scope_id", "period", "window")
)


@router.get(
    "",
    summary="Budgets of which four fifths were spent, newest first: once a scope and window",
    operation_id="list_budget_warnings",
    responses=refusals(422),
    response_model=_WARNINGS.page,
)
async def list_warnings(caller: BudgetReader, tx: Tx, asked: Annotated[ListRequest, Depends(_WARNINGS)]) -> Response:
    rows = await budget_warnings.page(tx, caller.tenant_id, asked.part)
    return _WARNINGS.answer(rows, asked, WarningView.of)
