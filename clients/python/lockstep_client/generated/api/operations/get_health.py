import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.health import Health


def call() -> Call[Health]:
    """`get_health`, unsent."""

    return Call(
        method="GET",
        url="/health",
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> Health:
    if response.status_code == 200:
        response_200 = Health.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
