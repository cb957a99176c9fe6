from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer
from ...types import UNSET, Unset


def call(
    tenant_id: UUID,
    *,
    while_used: bool | Unset = False,
) -> Call[None]:
    """`leave_tenant`, unsent."""

    params: dict[str, Any] = {}

    params["while_used"] = while_used

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="DELETE",
        url="/api/v1/users/me/tenants/{tenant_id}".format(
            tenant_id=quote(str(tenant_id), safe=""),
        ),
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> None:
    if response.status_code == 204:
        return None

    raise UndocumentedAnswer(response)
