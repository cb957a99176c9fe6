from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.tool_view import ToolView
from ...types import UNSET, Unset


def call(
    name: str,
    *,
    break_glass_access: UUID | Unset = UNSET,
) -> Call[ToolView]:
    """`get_tool`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(break_glass_access, Unset):
        headers["Break-Glass-Access"] = break_glass_access

    return Call(
        method="GET",
        url="/api/v1/tools/{name}".format(
            name=quote(str(name), safe=""),
        ),
        parse=_parsed,
        headers=headers,
    )


def _parsed(response: httpx.Response) -> ToolView:
    if response.status_code == 200:
        response_200 = ToolView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
