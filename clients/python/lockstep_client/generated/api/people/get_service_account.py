from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.service_account_view import ServiceAccountView


def call(
    service_account_id: UUID,
) -> Call[ServiceAccountView]:
    """`get_service_account`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/service-accounts/{service_account_id}".format(
            service_account_id=quote(str(service_account_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> ServiceAccountView:
    if response.status_code == 200:
        response_200 = ServiceAccountView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
