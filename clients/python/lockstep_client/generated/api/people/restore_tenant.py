from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.tenant_view import TenantView


def call(
    tenant_id: UUID,
) -> Call[TenantView]:
    """`restore_tenant`, unsent."""

    return Call(
        method="POST",
        url="/api/v1/tenants/{tenant_id}/restore".format(
            tenant_id=quote(str(tenant_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> TenantView:
    if response.status_code == 200:
        response_200 = TenantView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
