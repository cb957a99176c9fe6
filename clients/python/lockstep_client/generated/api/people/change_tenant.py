from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.tenant_change import TenantChange
from ...models.tenant_view import TenantView
from ...types import UNSET, Unset


def call(
    tenant_id: UUID,
    *,
    body: TenantChange,
    if_match: str | Unset = UNSET,
) -> Call[TenantView]:
    """`change_tenant`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="PATCH",
        url="/api/v1/tenants/{tenant_id}".format(
            tenant_id=quote(str(tenant_id), safe=""),
        ),
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> TenantView:
    if response.status_code == 200:
        response_200 = TenantView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
