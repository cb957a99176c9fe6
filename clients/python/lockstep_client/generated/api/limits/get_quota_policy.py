import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.quota_policy import QuotaPolicy


def call() -> Call[QuotaPolicy]:
    """`get_quota_policy`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/quota-policy",
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> QuotaPolicy:
    if response.status_code == 200:
        response_200 = QuotaPolicy.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
