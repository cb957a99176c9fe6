from typing import Any
from urllib.parse import quote

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer
from ...types import UNSET, Unset


def call(
    source_name: str,
    *,
    if_match: str | Unset = UNSET,
) -> Call[None]:
    """`delete_tool_source`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    return Call(
        method="DELETE",
        url="/api/v1/tool-sources/{source_name}".format(
            source_name=quote(str(source_name), safe=""),
        ),
        parse=_parsed,
        headers=headers,
    )


def _parsed(response: httpx.Response) -> None:
    if response.status_code == 204:
        return None

    raise UndocumentedAnswer(response)
