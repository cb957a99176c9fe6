from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.dead_letter_view import DeadLetterView
from ...models.discard import Discard


def call(
    dead_letter_id: UUID,
    *,
    body: Discard,
) -> Call[DeadLetterView]:
    """`discard_dead_letter`, unsent."""
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/dead-letters/{dead_letter_id}/discard".format(
            dead_letter_id=quote(str(dead_letter_id), safe=""),
        ),
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> DeadLetterView:
    if response.status_code == 200:
        response_200 = DeadLetterView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
