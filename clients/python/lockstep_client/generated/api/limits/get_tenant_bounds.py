from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.tenant_bounds import TenantBounds


def call(
    tenant_id: UUID,
) -> Call[TenantBounds]:
    """`get_tenant_bounds`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/tenants/{tenant_id}/bounds".format(
            tenant_id=quote(str(tenant_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> TenantBounds:
    if response.status_code == 200:
        response_200 = TenantBounds.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
