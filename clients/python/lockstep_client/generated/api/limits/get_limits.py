import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.rate_limits import RateLimits


def call() -> Call[RateLimits]:
    """`get_limits`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/limits",
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> RateLimits:
    if response.status_code == 200:
        response_200 = RateLimits.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
