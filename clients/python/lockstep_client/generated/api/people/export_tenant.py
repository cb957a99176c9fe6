from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.export_view import ExportView


def call(
    tenant_id: UUID,
) -> Call[ExportView]:
    """`export_tenant`, unsent."""

    return Call(
        method="POST",
        url="/api/v1/tenants/{tenant_id}/export".format(
            tenant_id=quote(str(tenant_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> ExportView:
    if response.status_code == 202:
        response_202 = ExportView.from_dict(json_of(response))

        return response_202

    raise UndocumentedAnswer(response)
