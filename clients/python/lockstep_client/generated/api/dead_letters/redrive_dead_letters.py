from typing import Any

import httpx

from ...client import Call
from ...errors import UndocumentedAnswer, json_of
from ...models.redrive_many import RedriveMany
from ...models.redriven_list import RedrivenList


def call(
    *,
    body: RedriveMany,
) -> Call[RedrivenList]:
    """`redrive_dead_letters`, unsent."""
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {}
    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    return Call(
        method="POST",
        url="/api/v1/dead-letters/redrive",
        parse=_parsed,
        headers=headers,
        json=_kwargs.get("json"),
    )


def _parsed(response: httpx.Response) -> RedrivenList:
    if response.status_code == 200:
        response_200 = RedrivenList.from_dict(json_of(response))

        return response_200

    raise UndocumentedAnswer(response)
