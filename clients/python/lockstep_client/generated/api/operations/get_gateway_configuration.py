from urllib.parse import quote

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.configuration_whole import ConfigurationWhole


def call(
    version: int,
) -> Call[ConfigurationWhole]:
    """`get_gateway_configuration`, unsent."""

    return Call(
        method="GET",
        url="/api/v1/operations/gateway-configurations/{version}".format(
            version=quote(str(version), safe=""),
        ),
        parse=_parsed,
    )


def _parsed(response: httpx.Response) -> ConfigurationWhole:
    if response.status_code == 200:
        response_200 = ConfigurationWhole.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
