from urllib.parse import quote

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.tool_view import ToolView


def call(
    name: str,
) -> Call[ToolView]:
    """`get_tool`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/tools/{name}".format(
            name=quote(str(name), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> ToolView:
    if response.status_code == 200:
        response_200 = ToolView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
