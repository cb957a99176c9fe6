from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.new_service_account import NewServiceAccount
from ...models.service_account_view import ServiceAccountView
from ...types import UNSET, Unset


def call(
    *,
    body: NewServiceAccount,
    idempotency_key: str | Unset = UNSET,
) -> Call[ServiceAccountView]:
    """`create_service_account`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/service-accounts",
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
        keyed=True,
    )


def _parsed(response: httpx.Response) -> ServiceAccountView:
    if response.status_code == 200:
        response_200 = ServiceAccountView.from_dict(json_of(response))

        return response_200

    if response.status_code == 201:
        response_201 = ServiceAccountView.from_dict(json_of(response))

        return response_201

    raise UndocumentedAnswer(response)
