"""`/budget-warnings`."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter

from control_plane.budget_warnings.schemas import WarningView
from control_plane.dependencies import Reader, Tx
from control_plane.requests.keyed_paging import KeyedWindow, next_cursor
from control_plane.requests.paging import Page
from foundation.storage.limits import budget_warnings

router = APIRouter(prefix="/budget-warnings", tags=["budgets"])


@router.get(
    "",
    summary="Budgets of which four fifths were spent, newest first: once a scope and window",
    operation_id="list_budget_warnings",
)
async def list_warnings(caller: Reader, tx: Tx, window: KeyedWindow) -> Page[WarningView]:
    after = window.after(datetime.fromisoformat, str, UUID, str, str)
    rows = await budget_warnings.page(tx, caller.tenant_id, limit=window.limit + 1, after=after)
    keys = [(row.warned_at, row.scope, row.scope_id, row.period, row.label) for row in rows]
    return Page(
        items=[WarningView.of(row) for row in rows[: window.limit]],
        next_cursor=next_cursor(keys, limit=window.limit),
    )
