from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.budget_policy import BudgetPolicy
from ...types import UNSET, Unset


def call(
    *,
    body: BudgetPolicy,
    if_none_match: str | Unset = UNSET,
    if_match: str | Unset = UNSET,
) -> Call[BudgetPolicy]:
    """`put_budget_policy`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["if-none-match"] = if_none_match

    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="PUT",
        url="/api/v1/budget-policy",
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> BudgetPolicy:
    if response.status_code == 200:
        response_200 = BudgetPolicy.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
