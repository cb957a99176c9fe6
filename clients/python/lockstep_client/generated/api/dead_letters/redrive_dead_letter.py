from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.dead_letter_view import DeadLetterView


def call(
    dead_letter_id: UUID,
) -> Call[DeadLetterView]:
    """`redrive_dead_letter`, unsent."""

    return Call(
        method="POST",
        url="/api/v1/dead-letters/{dead_letter_id}/redrive".format(
            dead_letter_id=quote(str(dead_letter_id), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> DeadLetterView:
    if response.status_code == 200:
        response_200 = DeadLetterView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
