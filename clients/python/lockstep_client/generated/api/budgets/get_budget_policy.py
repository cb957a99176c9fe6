import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.budget_policy import BudgetPolicy


def call() -> Call[BudgetPolicy]:
    """`get_budget_policy`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/budget-policy",
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> BudgetPolicy:
    if response.status_code == 200:
        response_200 = BudgetPolicy.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
