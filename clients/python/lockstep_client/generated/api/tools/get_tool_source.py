from typing import Any
from urllib.parse import quote

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.tool_source_view import ToolSourceView
from ...types import UNSET, Unset


def call(
    source_name: str,
    *,
    version: int | Unset = UNSET,
) -> Call[ToolSourceView]:
    """`get_tool_source`, unsent."""

    params: dict[str, Any] = {}

    params["version"] = version

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    return Call(
        method="GET",
        url="/api/v1/tool-sources/{source_name}".format(
            source_name=quote(str(source_name), safe=""),
        ),
        parse=_parsed,
        params=params,
    )


def _parsed(response: httpx.Response) -> ToolSourceView:
    if response.status_code == 200:
        response_200 = ToolSourceView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
