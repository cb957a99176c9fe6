from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.page_tenant_view import PageTenantView
from ...types import UNSET, Unset


def call(
    *,
    name: str | Unset = UNSET,
    suspended: bool | Unset = UNSET,
    limit: int | Unset = 50,
    cursor: str | Unset = UNSET,
) -> Call[PageTenantView]:
    """`list_tenants`, unsent."""

    params: dict[str, Any] = {}

    params["name"] = name

    params["suspended"] = suspended

    params["limit"] = limit

    params["cursor"] = cursor

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/tenants",
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> PageTenantView:
    if response.status_code == 200:
        response_200 = PageTenantView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
