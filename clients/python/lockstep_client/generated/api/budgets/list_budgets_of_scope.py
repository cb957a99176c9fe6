from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.budget_list import BudgetList
from ...models.budget_scope import BudgetScope


def call(
    scope: BudgetScope,
    scope_id: UUID,
) -> Call[BudgetList]:
    """`list_budgets_of_scope`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/budgets/{scope}/{scope_id}".format(
            scope=quote(str(scope), safe=""),
            scope_id=quote(str(scope_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> BudgetList:
    if response.status_code == 200:
        response_200 = BudgetList.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
