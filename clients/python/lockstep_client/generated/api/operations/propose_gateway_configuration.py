from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.configuration_view import ConfigurationView
from ...models.propose_configuration import ProposeConfiguration


def call(
    *,
    body: ProposeConfiguration,
) -> Call[ConfigurationView]:
    """`propose_gateway_configuration`, unsent."""
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/operations/gateway-configurations",
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> ConfigurationView:
    if response.status_code == 201:
        response_201 = ConfigurationView.from_dict(json_of(response))

        return response_201

    raise UndocumentedAnswer(response)
