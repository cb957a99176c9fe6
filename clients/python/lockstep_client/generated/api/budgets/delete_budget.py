from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer
from ...models.budget_period import BudgetPeriod
from ...models.budget_scope import BudgetScope
from ...types import UNSET, Unset


def call(
    scope: BudgetScope,
    scope_id: UUID,
    period: BudgetPeriod,
    *,
    beside_keys: bool | Unset = False,
    if_match: str | Unset = UNSET,
) -> Call[None]:
    """`delete_budget`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    params: dict[str, Any] = {}

    params["beside_keys"] = beside_keys

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="DELETE",
        url="/api/v1/budgets/{scope}/{scope_id}/{period}".format(
            scope=quote(str(scope), safe=""),
            scope_id=quote(str(scope_id), safe=""),
            period=quote(str(period), safe=""),
        ),
        parse=_parsed,
        params=params,
        headers=headers,
    )


def _parsed(response: httpx.Response) -> None:
    if response.status_code == 204:
        return None

    raise UndocumentedAnswer(response)
