from urllib.parse import quote

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.breaker import Breaker


def call(
    provider: str,
    model: str,
) -> Call[Breaker]:
    """`reset_breaker`, unsent."""

    return Call(
        method="DELETE",
        url="/api/v1/breakers/{provider}/{model}".format(
            provider=quote(str(provider), safe=""),
            model=quote(str(model), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> Breaker:
    if response.status_code == 200:
        response_200 = Breaker.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
