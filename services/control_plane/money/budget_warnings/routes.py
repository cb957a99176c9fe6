"""`/budget-warnings`."""

from uuid import UUID

from fastapi import APIRouter

from control_plane.dependencies import BudgetReader, Paging, Tx
from control_plane.money.budget_warnings.schemas import WarningView
from control_plane.requests.paging import Listing, Page, moment
from foundation.storage.limits import budget_warnings
from foundation.storage.limits.budget_warnings import BudgetWarning

router = APIRouter(prefix="/budget-warnings", tags=["budgets"])

_WARNINGS = Listing[BudgetWarning](
    "budget warnings",
    lambda warning: (warning.warned_at, warning.scope, warning.scope_id, warning.period, warning.label),
    kinds=(moment, str, UUID, str, str),
)


@router.get(
    "",
    summary="Budgets of which four fifths were spent, newest first: once a scope and window",
    operation_id="list_budget_warnings",
)
async def list_warnings(caller: BudgetReader, tx: Tx, paging: Paging) -> Page[WarningView]:
    rows = await budget_warnings.page(tx, caller.tenant_id, limit=paging.rows, after=_WARNINGS.after(paging))
    page, next_cursor = _WARNINGS.cut(rows, paging)
    return Page(items=[WarningView.of(warning) for warning in page], next_cursor=next_cursor)
