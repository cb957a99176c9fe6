from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.page_service_account_view import PageServiceAccountView
from ...types import UNSET, Unset


def call(
    *,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
) -> Call[PageServiceAccountView]:
    """`list_service_accounts`, unsent."""

    params: dict[str, Any] = {}

    params["limit"] = limit

    params["cursor"] = cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/service-accounts",
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> PageServiceAccountView:
    if response.status_code == 200:
        response_200 = PageServiceAccountView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
