from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.new_tenant import NewTenant
from ...models.new_tenant_view import NewTenantView
from ...types import UNSET, Unset


def call(
    *,
    body: NewTenant,
    idempotency_key: str | Unset = UNSET,
) -> Call[NewTenantView]:
    """`create_tenant`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/tenants",
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
        keyed=True,
    )


def _parsed(response: httpx.Response) -> NewTenantView:
    if response.status_code == 201:
        response_201 = NewTenantView.from_dict(json_of(response))

        return response_201

    raise UndocumentedAnswer(response)
