import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.retention_policy import RetentionPolicy


def call() -> Call[RetentionPolicy]:
    """`get_retention_policy`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/retention-policy",
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> RetentionPolicy:
    if response.status_code == 200:
        response_200 = RetentionPolicy.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
