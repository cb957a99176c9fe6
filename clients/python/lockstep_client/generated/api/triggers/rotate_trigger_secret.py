from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.new_trigger_view import NewTriggerView
from ...models.rotation import Rotation
from ...types import UNSET, Unset


def call(
    trigger_id: UUID,
    *,
    body: Rotation,
    if_match: str | Unset = UNSET,
) -> Call[NewTriggerView]:
    """`rotate_trigger_secret`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/triggers/{trigger_id}/rotate-secret".format(
            trigger_id=quote(str(trigger_id), safe=""),
        ),
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> NewTriggerView:
    if response.status_code == 200:
        response_200 = NewTriggerView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
