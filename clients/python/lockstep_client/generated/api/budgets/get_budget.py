from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.budget_period import BudgetPeriod
from ...models.budget_scope import BudgetScope
from ...models.standing_budget import StandingBudget


def call(
    scope: BudgetScope,
    scope_id: UUID,
    period: BudgetPeriod,
) -> Call[StandingBudget]:
    """`get_budget`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/budgets/{scope}/{scope_id}/{period}".format(
            scope=quote(str(scope), safe=""),
            scope_id=quote(str(scope_id), safe=""),
            period=quote(str(period), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> StandingBudget:
    if response.status_code == 200:
        response_200 = StandingBudget.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
