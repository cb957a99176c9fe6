from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.leak_view import LeakView
from ...types import UNSET, Unset


def call(
    api_key_id: UUID,
    *,
    known_too: bool | Unset = UNSET,
    if_match: str | Unset = UNSET,
) -> Call[LeakView | None]:
    """`revoke_api_key`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    params: dict[str, Any] = {}

    params["known_too"] = known_too

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="DELETE",
        url="/api/v1/api-keys/{api_key_id}".format(
            api_key_id=quote(str(api_key_id), safe=""),
        ),
        parse=_parsed,
        params=params,
        headers=headers,
    )


def _parsed(response: httpx.Response) -> LeakView | None:
    if response.status_code == 200:
        response_200 = LeakView.from_dict(json_of(response))

        return response_200

    if response.status_code == 204:
        return None

    raise UndocumentedAnswer(response)
