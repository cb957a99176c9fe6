from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.tenant_bounds import TenantBounds
from ...types import UNSET, Unset


def call(
    tenant_id: UUID,
    *,
    body: TenantBounds,
    if_none_match: str | Unset = UNSET,
    if_match: str | Unset = UNSET,
) -> Call[TenantBounds]:
    """`put_tenant_bounds`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["if-none-match"] = if_none_match

    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="PUT",
        url="/api/v1/tenants/{tenant_id}/bounds".format(
            tenant_id=quote(str(tenant_id), safe=""),
        ),
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> TenantBounds:
    if response.status_code == 200:
        response_200 = TenantBounds.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
