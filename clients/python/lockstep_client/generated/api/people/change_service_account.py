from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.service_account_change import ServiceAccountChange
from ...models.service_account_view import ServiceAccountView
from ...types import UNSET, Unset


def call(
    service_account_id: UUID,
    *,
    body: ServiceAccountChange,
    if_match: str | Unset = UNSET,
) -> Call[ServiceAccountView]:
    """`change_service_account`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="PATCH",
        url="/api/v1/service-accounts/{service_account_id}".format(
            service_account_id=quote(str(service_account_id), safe=""),
        ),
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> ServiceAccountView:
    if response.status_code == 200:
        response_200 = ServiceAccountView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
