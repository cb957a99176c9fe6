from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.alert_list import AlertList
from ...types import UNSET, Unset


def call(
    *,
    limit: int | Unset = 100,
) -> Call[AlertList]:
    """`list_alerts`, unsent."""

    params: dict[str, Any] = {}

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/operations/alerts",
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> AlertList:
    if response.status_code == 200:
        response_200 = AlertList.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
