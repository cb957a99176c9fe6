from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer


def call(
    tenant_id: UUID,
) -> Call[None]:
    """`delete_tenant_bounds`, unsent."""

    return Call(
        method="DELETE",
        url="/api/v1/tenants/{tenant_id}/bounds".format(
            tenant_id=quote(str(tenant_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> None:
    if response.status_code == 204:
        return None

    raise UndocumentedAnswer(response)
