from typing import Any
from urllib.parse import quote

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.approve import Approve
from ...models.configuration_view import ConfigurationView


def call(
    version: int,
    *,
    body: Approve,
) -> Call[ConfigurationView]:
    """`approve_gateway_configuration`, unsent."""
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/operations/gateway-configurations/{version}/approve".format(
            version=quote(str(version), safe=""),
        ),
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> ConfigurationView:
    if response.status_code == 200:
        response_200 = ConfigurationView.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
