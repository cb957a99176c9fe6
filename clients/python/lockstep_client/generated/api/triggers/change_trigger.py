from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.trigger_change import TriggerChange
from ...models.trigger_view import TriggerView
from ...types import UNSET, Unset


def call(
    trigger_id: UUID,
    *,
    body: TriggerChange,
    if_match: str | Unset = UNSET,
) -> Call[TriggerView]:
    """`change_trigger`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="PATCH",
        url="/api/v1/triggers/{trigger_id}".format(
            trigger_id=quote(str(trigger_id), safe=""),
        ),
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> TriggerView:
    if response.status_code == 200:
        response_200 = TriggerView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
