import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.kept_list import KeptList


def call() -> Call[KeptList]:
    """`list_retention`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/retention",
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> KeptList:
    if response.status_code == 200:
        response_200 = KeptList.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
