import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.concurrency_policy import ConcurrencyPolicy


def call() -> Call[ConcurrencyPolicy]:
    """`get_concurrency`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/concurrency",
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> ConcurrencyPolicy:
    if response.status_code == 200:
        response_200 = ConcurrencyPolicy.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
