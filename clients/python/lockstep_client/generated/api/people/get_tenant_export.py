from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.export_view import ExportView


def call(
    tenant_id: UUID,
    export_id: UUID,
) -> Call[ExportView]:
    """`get_tenant_export`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/tenants/{tenant_id}/exports/{export_id}".format(
            tenant_id=quote(str(tenant_id), safe=""),
            export_id=quote(str(export_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> ExportView:
    if response.status_code == 200:
        response_200 = ExportView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
