import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.breaker_list import BreakerList


def call() -> Call[BreakerList]:
    """`list_breakers`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/breakers",
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> BreakerList:
    if response.status_code == 200:
        response_200 = BreakerList.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
