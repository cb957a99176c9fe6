import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.resource_list import ResourceList


def call() -> Call[ResourceList]:
    """`list_resources`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/resources",
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> ResourceList:
    if response.status_code == 200:
        response_200 = ResourceList.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
