from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer
from ...types import UNSET, Unset


def call(
    *,
    if_match: str | Unset = UNSET,
) -> Call[None]:
    """`delete_limits`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    return Call(
        method="DELETE",
        url="/api/v1/limits",
        parse=_parsed,
        headers=headers,
    )


def _parsed(response: httpx.Response) -> None:
    if response.status_code == 204:
        return None

    raise UndocumentedAnswer(response)
