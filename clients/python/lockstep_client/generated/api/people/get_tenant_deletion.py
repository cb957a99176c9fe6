from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.deletion_view import DeletionView


def call(
    tenant_id: UUID,
) -> Call[DeletionView]:
    """`get_tenant_deletion`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/tenants/{tenant_id}/deletion".format(
            tenant_id=quote(str(tenant_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> DeletionView:
    if response.status_code == 200:
        response_200 = DeletionView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
