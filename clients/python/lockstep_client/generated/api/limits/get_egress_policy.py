import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.egress_policy import EgressPolicy


def call() -> Call[EgressPolicy]:
    """`get_egress_policy`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/egress-policy",
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> EgressPolicy:
    if response.status_code == 200:
        response_200 = EgressPolicy.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
