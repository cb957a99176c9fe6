import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.me import Me


def call() -> Call[Me]:
    """`get_me`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/users/me",
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> Me:
    if response.status_code == 200:
        response_200 = Me.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
