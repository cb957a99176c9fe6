from urllib.parse import quote

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.secret_view import SecretView


def call(
    secret_name: str,
) -> Call[SecretView]:
    """`get_secret`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/secrets/{secret_name}".format(
            secret_name=quote(str(secret_name), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> SecretView:
    if response.status_code == 200:
        response_200 = SecretView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
