import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.provider_policy import ProviderPolicy


def call() -> Call[ProviderPolicy]:
    """`get_provider_policy`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/provider-policy",
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> ProviderPolicy:
    if response.status_code == 200:
        response_200 = ProviderPolicy.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
