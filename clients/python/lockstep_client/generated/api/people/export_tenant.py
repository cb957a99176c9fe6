from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.export_view import ExportView
from ...types import UNSET, Unset


def call(
    tenant_id: UUID,
    *,
    idempotency_key: str | Unset = UNSET,
) -> Call[ExportView]:
    """`export_tenant`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    return Call(
        method="POST",
        url="/api/v1/tenants/{tenant_id}/export".format(
            tenant_id=quote(str(tenant_id), safe=""),
        ),
        parse=_parsed,
        headers=headers,
        keyed=True,
    )


def _parsed(response: httpx.Response) -> ExportView:
    if response.status_code == 202:
        response_202 = ExportView.from_dict(json_of(response))

        return response_202

    raise UndocumentedAnswer(response)
