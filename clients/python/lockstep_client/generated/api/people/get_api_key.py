from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.key_view import KeyView


def call(
    api_key_id: UUID,
) -> Call[KeyView]:
    """`get_api_key`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/api-keys/{api_key_id}".format(
            api_key_id=quote(str(api_key_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> KeyView:
    if response.status_code == 200:
        response_200 = KeyView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
