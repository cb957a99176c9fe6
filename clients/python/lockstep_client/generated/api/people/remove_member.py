from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer
from ...types import UNSET, Unset


def call(
    user_id: UUID,
    *,
    while_used: bool | Unset = False,
    if_match: str | Unset = UNSET,
) -> Call[None]:
    """`remove_member`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    params: dict[str, Any] = {}

    params["while_used"] = while_used

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="DELETE",
        url="/api/v1/members/{user_id}".format(
            user_id=quote(str(user_id), safe=""),
        ),
        parse=_parsed,
        params=params,
        headers=headers,
    )


def _parsed(response: httpx.Response) -> None:
    if response.status_code == 204:
        return None

    raise UndocumentedAnswer(response)
