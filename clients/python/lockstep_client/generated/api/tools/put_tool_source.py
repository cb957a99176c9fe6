from typing import Any
from urllib.parse import quote

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.new_tool_source import NewToolSource
from ...models.tool_source_view import ToolSourceView
from ...types import UNSET, Unset


def call(
    source_name: str,
    *,
    body: NewToolSource,
    if_none_match: str | Unset = UNSET,
    if_match: str | Unset = UNSET,
) -> Call[ToolSourceView]:
    """`put_tool_source`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["if-none-match"] = if_none_match

    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="PUT",
        url="/api/v1/tool-sources/{source_name}".format(
            source_name=quote(str(source_name), safe=""),
        ),
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> ToolSourceView:
    if response.status_code == 200:
        response_200 = ToolSourceView.from_dict(json_of(response))

        return response_200

    if response.status_code == 201:
        response_201 = ToolSourceView.from_dict(json_of(response))

        return response_201

    raise UndocumentedAnswer(response)
