from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.discard import Discard
from ...models.unreadable_view import UnreadableView


def call(
    message_id: UUID,
    *,
    body: Discard,
) -> Call[UnreadableView]:
    """`discard_unreadable_message`, unsent."""
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/operations/unreadable-messages/{message_id}/discard".format(
            message_id=quote(str(message_id), safe=""),
        ),
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> UnreadableView:
    if response.status_code == 200:
        response_200 = UnreadableView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
