from typing import Any
from urllib.parse import quote

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.new_secret import NewSecret
from ...models.secret_view import SecretView
from ...types import UNSET, Unset


def call(
    secret_name: str,
    *,
    body: NewSecret,
    if_none_match: str | Unset = UNSET,
    if_match: str | Unset = UNSET,
) -> Call[SecretView]:
    """`put_secret`, unsent."""
    headers: dict[str, Any] = {}
    if not isinstance(if_none_match, Unset):
        headers["if-none-match"] = if_none_match

    if not isinstance(if_match, Unset):
        headers["if-match"] = if_match

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="PUT",
        url="/api/v1/secrets/{secret_name}".format(
            secret_name=quote(str(secret_name), safe=""),
        ),
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> SecretView:
    if response.status_code == 200:
        response_200 = SecretView.from_dict(json_of(response))

        return response_200

    if response.status_code == 201:
        response_201 = SecretView.from_dict(json_of(response))

        return response_201

    raise UndocumentedAnswer(response)
