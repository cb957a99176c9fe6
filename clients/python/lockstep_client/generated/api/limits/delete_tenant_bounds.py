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
    if_match: str | Unset = UNSET,
) -> Call[None]:
    """`delete_tenant_bounds`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    return Call(
        method="DELETE",
        url="/api/v1/tenants/{tenant_id}/bounds".format(
            tenant_id=quote(str(tenant_id), safe=""),
        ),
        parse=_parsed,
        headers=headers,
    )


def _parsed(response: httpx.Response) -> None:
    if response.status_code == 204:
        return None

    raise UndocumentedAnswer(response)
