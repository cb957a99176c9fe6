from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.tenants_dead_letter_view import TenantsDeadLetterView


def call(
    dead_letter_id: UUID,
) -> Call[TenantsDeadLetterView]:
    """`get_tenants_dead_letter`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/operations/dead-letters/{dead_letter_id}".format(
            dead_letter_id=quote(str(dead_letter_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> TenantsDeadLetterView:
    if response.status_code == 200:
        response_200 = TenantsDeadLetterView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
