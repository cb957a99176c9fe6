from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.budget_period import BudgetPeriod
from ...models.budget_scope import BudgetScope
from ...models.budget_view import BudgetView
from ...models.new_budget import NewBudget
from ...types import UNSET, Unset


def call(
    scope: BudgetScope,
    scope_id: UUID,
    period: BudgetPeriod,
    *,
    body: NewBudget,
    beside_keys: bool | Unset = False,
    if_none_match: str | Unset = UNSET,
    if_match: str | Unset = UNSET,
) -> Call[BudgetView]:
    """`put_budget`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["if-none-match"] = if_none_match

    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    params: dict[str, Any] = {}

    params["beside_keys"] = beside_keys

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="PUT",
        url="/api/v1/budgets/{scope}/{scope_id}/{period}".format(
            scope=quote(str(scope), safe=""),
            scope_id=quote(str(scope_id), safe=""),
            period=quote(str(period), safe=""),
        ),
        parse=_parsed,
        params=params,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> BudgetView:
    if response.status_code == 200:
        response_200 = BudgetView.from_dict(json_of(response))

        return response_200

    if response.status_code == 201:
        response_201 = BudgetView.from_dict(json_of(response))

        return response_201

    raise UndocumentedAnswer(response)
