from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.access_view import AccessView


def call(
    access_id: UUID,
) -> Call[AccessView]:
    """`end_break_glass_access`, unsent."""

    return Call(
        method="DELETE",
        url="/api/v1/operations/break-glass-accesses/{access_id}".format(
            access_id=quote(str(access_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> AccessView:
    if response.status_code == 200:
        response_200 = AccessView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
