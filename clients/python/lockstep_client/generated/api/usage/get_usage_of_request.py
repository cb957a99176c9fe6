from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.request_usage import RequestUsage


def call(
    request_id: UUID,
) -> Call[RequestUsage]:
    """`get_usage_of_request`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/usage/requests/{request_id}".format(
            request_id=quote(str(request_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> RequestUsage:
    if response.status_code == 200:
        response_200 = RequestUsage.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
