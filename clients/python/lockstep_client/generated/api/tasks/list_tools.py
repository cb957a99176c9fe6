import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.tool_list import ToolList


def call() -> Call[ToolList]:
    """`list_tools`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/tools",
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> ToolList:
    if response.status_code == 200:
        response_200 = ToolList.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
