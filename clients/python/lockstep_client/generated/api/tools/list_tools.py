from typing import Any
from uuid import UUID

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.tool_list import ToolList
from ...types import UNSET, Unset


def call(
    *,
    break_glass_access: UUID | Unset = UNSET,
) -> Call[ToolList]:
    """`list_tools`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(break_glass_access, Unset):
        headers["Break-Glass-Access"] = break_glass_access

    return Call(
        method="GET",
        url="/api/v1/tools",
        parse=_parsed,
        headers=headers,
    )


def _parsed(response: httpx.Response) -> ToolList:
    if response.status_code == 200:
        response_200 = ToolList.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
