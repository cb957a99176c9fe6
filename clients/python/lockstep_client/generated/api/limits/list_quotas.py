from typing import Any
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.quota_list import QuotaList
from ...types import UNSET, Unset


def call(
    *,
    user_id: UUID | Unset = UNSET,
) -> Call[QuotaList]:
    """`list_quotas`, unsent."""

    params: dict[str, Any] = {}

    json_user_id: str | Unset = UNSET
    if not isinstance(user_id, Unset):
        json_user_id = str(user_id)
    params["user_id"] = json_user_id

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/quotas",
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> QuotaList:
    if response.status_code == 200:
        response_200 = QuotaList.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
