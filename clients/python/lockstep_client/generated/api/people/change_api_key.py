from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.key_change import KeyChange
from ...models.key_view import KeyView
from ...types import UNSET, Unset


def call(
    api_key_id: UUID,
    *,
    body: KeyChange,
    if_match: str | Unset = UNSET,
) -> Call[KeyView]:
    """`change_api_key`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="PATCH",
        url="/api/v1/api-keys/{api_key_id}".format(
            api_key_id=quote(str(api_key_id), safe=""),
        ),
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> KeyView:
    if response.status_code == 200:
        response_200 = KeyView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
