from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.dead_letter_view import DeadLetterView
from ...types import UNSET, Unset


def call(
    dead_letter_id: UUID,
    *,
    break_glass_access: UUID | Unset = UNSET,
) -> Call[DeadLetterView]:
    """`get_dead_letter`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(break_glass_access, Unset):
        headers["Break-Glass-Access"] = break_glass_access

    return Call(
        method="GET",
        url="/api/v1/dead-letters/{dead_letter_id}".format(
            dead_letter_id=quote(str(dead_letter_id), safe=""),
        ),
        parse=_parsed,
        headers=headers,
    )


def _parsed(response: httpx.Response) -> DeadLetterView:
    if response.status_code == 200:
        response_200 = DeadLetterView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
