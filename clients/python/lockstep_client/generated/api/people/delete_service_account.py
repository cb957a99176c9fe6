from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer
from ...types import UNSET, Unset


def call(
    service_account_id: UUID,
    *,
    while_used: bool | Unset = False,
    if_match: str | Unset = UNSET,
) -> Call[None]:
    """`delete_service_account`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    params: dict[str, Any] = {}

    params["while_used"] = while_used

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="DELETE",
        url="/api/v1/service-accounts/{service_account_id}".format(
            service_account_id=quote(str(service_account_id), safe=""),
        ),
        parse=_parsed,
        params=params,
        headers=headers,
    )


def _parsed(response: httpx.Response) -> None:
    if response.status_code == 204:
        return None

    raise UndocumentedAnswer(response)
